using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Draining;

/// <summary>The stop of a server as one client sees it.</summary>
public sealed class GoodbyeTests : DrainTest
{
    [Fact]
    public async Task IdleClient_IsClosedAtOnce()
    {
        await using var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();

        var stopped = StopAsync();

        await ExpectGoodbyeAsync(client);
        await stopped.InTime();
    }

    [Fact]
    public async Task IdleClientWithResume_GetsALastTokenThenTheClose()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        var stopped = StopAsync();

        await ExpectTokenAndGoodbyeAsync(client);
        await stopped.InTime();
        Assert.Empty(Unconfirmed);
    }

    [Fact]
    public async Task RunningRequest_IsAnsweredBeforeTheClose()
    {
        await using var client = await Server.ConnectAsync();
        await client.SendTextAsync(ClientMessage.Request("wait:go", "\"done\""));
        await client.ExpectAliveAsync();

        var stopped = StopAsync();
        await client.ExpectAliveAsync();
        Gate.SetResult();

        await client.ExpectTextAsync("done");
        await ExpectGoodbyeAsync(client);
        await stopped.InTime();
    }

    [Fact]
    public async Task RunningHandlerOfANotification_EndsBeforeTheClose()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.NotifyAsync("wait:note", "\"late\"");
        await client.ExpectNothingAsync();

        var stopped = StopAsync();
        await ExpectTokenAsync(client);
        await client.ExpectNothingAsync();
        Gate.SetResult();

        Assert.Equal("n:n \"late\"", await client.NextAsync());
        await client.AckAsync("2");
        await ExpectTokenAndGoodbyeAsync(client, acknowledged: 1);
        await stopped.InTime();
    }

    [Fact]
    public async Task RequestOfTheServer_IsAnsweredBeforeTheClose()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var request = StarlingOf(client).Request<string>("ui:ask");
        var id = (await client.ReadAsync()).GetProperty("requestId").GetString();
        await client.AckAsync("1");

        var stopped = StopAsync();
        await client.ExpectNothingAsync();
        await client.SendTextAsync(ClientMessage.Of($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":\"yes\""));

        Assert.Equal("yes", await request.InTime());
        await ExpectTokenAndGoodbyeAsync(client, acknowledged: 1);
        await stopped.InTime();
    }

    [Fact]
    public async Task RequestThatComesMeanwhile_IsAnswered()
    {
        await using var client = await Server.ConnectAsync();
        await client.SendTextAsync(ClientMessage.Request("wait:go", "\"first\"", ClientMessage.IdOf(1)));
        await client.ExpectAliveAsync();
        var stopped = StopAsync();

        await client.SendTextAsync(ClientMessage.Request("echo:echo", "\"second\"", ClientMessage.IdOf(2)));

        await client.ExpectSuccessAsync("\"second\"", ClientMessage.IdOf(2));
        Gate.SetResult();
        await client.ExpectSuccessAsync("\"first\"", ClientMessage.IdOf(1));
        await ExpectGoodbyeAsync(client);
        await stopped.InTime();
    }

    [Fact]
    public async Task WhatWasSent_IsAcknowledgedBeforeTheClose()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3);

        var stopped = StopAsync();
        Assert.Equal(["n:n 1", "n:n 2", "n:n 3"], await client.NextAsync(3));
        await client.AckAsync("2");
        await client.ExpectNothingAsync();
        await client.AckAsync("3");

        await ExpectTokenAndGoodbyeAsync(client);
        await stopped.InTime();
        Assert.Empty(Unconfirmed);
    }

    [Fact]
    public async Task LastToken_BringsStatesOfTheLastAnswerToAnotherServer()
    {
        Helios.States.Register("count", starling => ValueTask.FromResult(starling.Data.Get<int>("count")), Restore);
        Helios.Method("count:set", async (int count, RequestContext context) =>
        {
            await Gate.Task;
            context.Starling.Data.Set("count", count);
        });
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.AskAsync("count:set", "7");
        await client.ExpectNothingAsync();
        var stopped = StopAsync();
        await ExpectTokenAsync(client);
        Gate.SetResult();
        Assert.Equal($"answer {ClientMessage.Id}", await client.NextAsync());
        await client.AckAsync("2");
        var token = await ExpectTokenAndGoodbyeAsync(client, acknowledged: 1);
        await stopped.InTime();

        await using var next = await LeanServer.StartAsync(new ServerSetup(Register, Configure), new WireAddress(AddressKind.IPv4));
        next.Helios.States.Register("count", starling => ValueTask.FromResult(starling.Data.Get<int>("count")), Restore);
        await using var back = await ResumeClient.ConnectAsync(next, $"recover={token}&resume=1");

        Assert.Equal(client.Id, back.Id);
        Assert.Equal(7, next.Helios.Starlings.GetById(back.Id)!.Data.Get<int>("count"));

        static ValueTask Restore(Starling starling, int count)
        {
            starling.Data.Set("count", count);
            return default;
        }
    }

    [Fact]
    public async Task StateThatCannotBeSaved_DoesNotHoldTheClose()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        Helios.States.Register<int>(
            "bad", _ => throw new InvalidOperationException("no"), (_, _) => default, new StateOptions<int> { Required = true });

        var stopped = StopAsync();

        await ExpectGoodbyeAsync(client.Wire);
        await stopped.InTime();
    }
}

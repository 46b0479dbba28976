using System.Text.Json;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 7.</summary>
public class Rule7InFlightTests : RecoveryTest
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.Method("slow:echo", async (string text, RequestContext _) =>
        {
            await _gate.Task;
            return text;
        });
    }

    [Fact]
    public async Task SameEpoch_HandlerRunsOn_ItsAnswerWaits()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.AskAsync("slow:echo", "\"a\"");
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);
        _gate.SetResult();
        await Eventually.TrueAsync(() => StarlingOf(client).Session.Outbox.Count == 1);

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal($"answer {ClientMessage.Id} \"a\"", await back.NextAsync());
    }

    [Fact]
    public async Task SameEpoch_ServerRequest_IsAnsweredOverTheNextConnection()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var request = StarlingOf(client).Request<string>("ui:ask");
        var id = (await client.ReadAsync()).GetProperty("requestId").GetString();
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 1);
        await back.SendTextAsync(ClientMessage.Of($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":\"yes\""));

        Assert.Equal("yes", await request.InTime());
    }

    [Fact]
    public async Task NewEpoch_SentServerRequestFails_UnsentOneGoesOut()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(client);
        var sent = starling.Request<string>("ui:sent");
        await client.NextAsync();
        await client.CutAsync(Server);
        var unsent = starling.Request<string>("ui:unsent");

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}&resume=1");

        Assert.Equal("STATE_RECOVERY_FAILED", (await Assert.ThrowsAsync<HeliosException>(() => sent.InTime())).Code);
        var request = await back.ReadAsync();
        Assert.Equal("ui:unsent", request.GetProperty("method").GetString());
        await back.SendTextAsync(ClientMessage.Of(
            $"\"type\":\"response\",\"requestId\":\"{request.GetProperty("requestId")}\",\"success\":true,\"data\":\"yes\""));
        Assert.Equal("yes", await unsent.InTime());
    }

    [Fact]
    public async Task NewEpoch_RequestWithRetry_IsSentAgainUnderANewId()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var request = StarlingOf(client).Request<string>(
            "ui:ask", new { Question = "?" }, new RequestOptions { Retry = true, Metadata = new { Trace = 1 } });
        var first = await client.ReadAsync();
        await client.CutAsync(Server);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}&resume=1");

        var again = await back.ReadAsync();
        Assert.Equal(("ui:ask", "?", 1), (
            again.GetProperty("method").GetString(),
            again.GetProperty("payload").GetProperty("question").GetString(),
            again.GetProperty("metadata").GetProperty("trace").GetInt32()));
        Assert.NotEqual(first.GetProperty("requestId").GetString(), again.GetProperty("requestId").GetString());
        // The answer to the first one is late.
        await back.SendTextAsync(ClientMessage.Of(
            $"\"type\":\"response\",\"requestId\":\"{first.GetProperty("requestId")}\",\"success\":true,\"data\":\"late\""));
        await back.SendTextAsync(ClientMessage.Of(
            $"\"type\":\"response\",\"requestId\":\"{again.GetProperty("requestId")}\",\"success\":true,\"data\":\"yes\""));
        Assert.Equal("yes", await request.InTime());
    }

    [Fact]
    public async Task NewEpoch_SentAndUnacknowledged_IsReportedAsUnconfirmed()
    {
        var unconfirmed = new TaskCompletionSource<StarlingUnconfirmed>();
        Helios.Events.On("starling:unconfirmed", (StarlingUnconfirmed happened) => unconfirmed.SetResult(happened));
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2);
        await StarlingOf(client).SendBinaryAsync(new byte[] { 7 });
        await client.NextAsync(2);
        await client.Wire.ReadFrameAsync();
        await client.AckAsync("1");
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);
        await TellAsync(client, 3);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}&resume=1");

        var messages = (await unconfirmed.Task.InTime()).Messages;
        Assert.Equal([false, true], messages.Select(message => message.IsBinary));
        Assert.Equal(2, JsonElement.Parse(messages[0].Data.Span).GetProperty("notification").GetProperty("data").GetInt32());
        Assert.Equal([7], messages[1].Data.ToArray());
        Assert.Equal("n:n 3", await back.NextAsync());
    }

    [Fact]
    public async Task NewEpoch_CopiesOfUnconfirmedMessages_CountUntilTheHandlerHasEnded()
    {
        const int size = 10_000;
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Helios.Events.On("starling:unconfirmed", async (StarlingUnconfirmed _) =>
        {
            told.SetResult();
            await _gate.Task;
        });
        await using var client = await ResumeClient.ConnectAsync(Server);
        await StarlingOf(client).NotifyAsync("n:n", new string('x', size));
        await client.NextAsync();
        await client.CutAsync(Server);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}&resume=1");

        await told.Task.InTime();
        Assert.True(Helios.Engine.Buffers.Rented >= size);
        _gate.SetResult();
        await Eventually.TrueAsync(() => Helios.Engine.Buffers.Rented < size);
    }

    [Fact]
    public async Task Expired_WhatIsOpenFailsAndRunningHandlersAreCancelled()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var cancelled = new TaskCompletionSource();
        Helios.Method("wait:long", async context =>
        {
            context.CancellationToken.Register(cancelled.SetResult);
            await cancelled.Task;
        });
        var request = StarlingOf(client).Request<string>("ui:ask");
        await client.NextAsync();
        await client.AskAsync("wait:long", "1");
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);

        Server.Time.Advance(TimeSpan.FromMinutes(6));

        await cancelled.Task.InTime();
        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        Assert.Equal(0, Helios.Starlings.TotalCount);
    }
}

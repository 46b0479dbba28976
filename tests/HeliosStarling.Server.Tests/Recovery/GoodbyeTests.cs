using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>A client that leaves for good: docs/protocol.md section 7, "Goodbye".</summary>
public class GoodbyeTests : RecoveryTest
{
    private readonly InMemoryStateStore _store = new(TimeProvider.System, maxClosed: 1);

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.StateStore = _store;
    }

    [Fact]
    public async Task Close1000_EndsTheStarling_NothingIsHeld_ThenAnswers1000()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(client);
        await client.SendTextAsync("a");

        await client.SendAsync(ClientFrame.Close(1000, "bye"));

        await client.Wire.ExpectCloseAsync(1000, "bye");
        Assert.Equal(["a"], TakenSoFar());
        Assert.Equal((false, 0), (starling.IsConnected, Helios.Node.Held.Count));
        Assert.Equal(SendResult.Closed, await starling.NotifyAsync("n:n", 1));
        await Eventually.TrueAsync(() => Helios.Starlings.GetById(client.Id) is null);
    }

    [Fact]
    public async Task Close1000_FailsWhatIsOpen_OnTheServer()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var request = StarlingOf(client).Request<string>("ui:ask");
        await client.NextAsync();

        await client.SendAsync(ClientFrame.Close(1000));

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        var late = StarlingOf(client);
        Assert.Equal("CONNECTION_CLOSED", late is null
            ? "CONNECTION_CLOSED"
            : (await Assert.ThrowsAsync<HeliosException>(() => late.Request<string>("ui:ask").InTime())).Code);
    }

    [Fact]
    public async Task Close1000_WhatHasNoAck_IsUnconfirmed_TheRestIsNot()
    {
        var unconfirmed = new TaskCompletionSource<StarlingUnconfirmed>();
        Helios.Events.On("starling:unconfirmed", (StarlingUnconfirmed happened) => unconfirmed.TrySetResult(happened));
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2);
        await client.NextAsync(2);
        await client.AckAsync("1");

        await client.SendAsync(ClientFrame.Close(1000));

        var message = Assert.Single((await unconfirmed.Task.InTime()).Messages);
        Assert.Contains("\"data\":2", System.Text.Encoding.UTF8.GetString(message.Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastAckAndClose1000InOneGo_NothingIsUnconfirmed()
    {
        var unconfirmed = 0;
        Helios.Events.On("starling:unconfirmed", (StarlingUnconfirmed _) => Interlocked.Increment(ref unconfirmed));
        var gone = new TaskCompletionSource();
        Helios.Events.On("starling:disconnected", (StarlingDisconnected _) => gone.TrySetResult());
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1);
        await client.NextAsync();

        await client.SendAsync(ClientFrame.Text(AckOf(1)), ClientFrame.Close(1000));

        await client.Wire.ExpectCloseAsync(1000);
        await gone.Task.InTime();
        Assert.Equal(0, unconfirmed);
    }

    [Fact]
    public async Task Ping_IsAnsweredWithWhatWasCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.SendTextAsync("a");
        await client.SendTextAsync("b");

        await client.SendTextAsync(ClientMessage.Of($"\"type\":\"ping\",\"messageId\":\"{ClientMessage.Id}\""));

        Assert.Equal("ack 2", await client.NextAsync());
    }

    [Fact]
    public async Task TokenOfAStarlingThatLeft_WithResume_Gets4002InPlaceOfTheWelcome()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.SendAsync(ClientFrame.Close(1000));
        await client.Wire.ExpectCloseAsync(1000);

        await using var back = await Server.ConnectAsync(
            new UpgradeRequest($"/helios?recover={client.Token}&resume=1&epoch={client.Epoch}&received=0"));

        await back.ExpectCloseAsync(4002, "closed for good");
    }

    [Fact]
    public async Task TokenOfAStarlingThatLeft_WithoutResume_IsRefused()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.SendAsync(ClientFrame.Close(1000));
        await client.Wire.ExpectCloseAsync(1000);

        await using var back = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}"));

        var text = await back.ReadTextAsync();
        Assert.Contains("STATE_TOKEN_INVALID", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenMadeDuringTheGoodbye_TheIdIsKeptAsOneOfAClientThatLeft()
    {
        var (saving, saved) = (new SemaphoreSlim(0), new SemaphoreSlim(0));
        var tokens = new List<Task<SendResult>>();
        for (var i = 0; i < 2; i++)
        {
            await using var client = await ResumeClient.ConnectAsync(Server);
            var starling = StarlingOf(client);
            using var state = starling.States.Register("some", async () =>
            {
                saving.Release();
                await saved.WaitAsync();
                return 1;
            }, (int _) => default);
            tokens.Add(starling.States.NotifyStateAsync().AsTask());
            await saving.WaitAsync().InTime();
            await client.SendAsync(ClientFrame.Close(1000));
            await client.Wire.ExpectCloseAsync(1000);
            saved.Release();
            await tokens[i].InTime();
        }

        // The store keeps one id. When it drops an id that the application closed, all tokens made before that close become invalid.
        Assert.Equal((1, null), (_store.ClosedCount, _store.GoodSince));
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(3001)]
    [InlineData(null)]
    public async Task OtherCode_OrNone_IsHeld(int? code)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync(code is { } said ? ClientFrame.Close(said) : new ClientFrame(0x8, []));
        await client.Wire.ExpectCloseAsync(code);

        await Eventually.TrueAsync(() => Helios.Node.Held.Count == 1);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(client.Id, back.Id);
    }

    [Fact]
    public async Task Close1000_WithoutResume_IsHeld()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await using var plain = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}");

        await plain.SendAsync(ClientFrame.Close(1000));

        await plain.Wire.ExpectCloseAsync(1000);
        await Eventually.TrueAsync(() => Helios.Node.Held.Count == 1);
    }

    [Fact]
    public async Task AnswerToACloseFrameOfTheServer_IsNoGoodbye()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await StarlingOf(client).CloseAsync(1000, "later");
        await client.Wire.ExpectCloseAsync(1000, "later");

        await client.SendAsync(ClientFrame.Close(1000));

        await Eventually.TrueAsync(() => Helios.Node.Held.Count == 1);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(client.Id, back.Id);
    }

    [Fact]
    public async Task Close1000OfAConnectionThatWasTakenOver_EndsNothing()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1");
        await using var next = await client.ReturnAsync(Server, 0, "&instance=i&attempt=2");

        await client.SendAsync(ClientFrame.Close(1000));

        await client.Wire.ExpectCloseAsync(4000, "superseded");
        await next.ExpectNothingAsync();
        Assert.True(StarlingOf(next).IsConnected);
    }

    private static string AckOf(long received) => ClientMessage.Of($"""
        "type":"ack","messageId":"{ClientMessage.Id}","received":{received}
        """);
}

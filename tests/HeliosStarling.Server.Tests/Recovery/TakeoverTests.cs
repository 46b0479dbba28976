using System.Net;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, "Takeover".</summary>
public class TakeoverTests : RecoveryTest
{
    [Fact]
    public async Task TwoSocketsOneToken_TheNewerWins_TheOlderIsClosedFirst()
    {
        await using var older = await ResumeClient.ConnectAsync(Server);

        await using var newer = await older.ReturnAsync(Server, 0);

        await older.Wire.ExpectCloseAsync(4000, "superseded");
        Assert.Equal((1, 1), (Helios.Starlings.ConnectedCount, Helios.Starlings.TotalCount));
        await TellAsync(newer, 1);
        Assert.Equal("n:n 1", await newer.NextAsync());
    }

    [Fact]
    public async Task ClosingTheOlderLater_DoesNotTouchTheNewer()
    {
        await using var older = await ResumeClient.ConnectAsync(Server);
        await using var newer = await older.ReturnAsync(Server, 0);
        await older.Wire.ExpectCloseAsync(4000, "superseded");

        await older.SendAsync(ClientFrame.Close(1000));
        await older.Wire.ExpectEndAsync();

        await newer.ExpectNothingAsync();
        Assert.True(StarlingOf(newer).IsConnected);
        Assert.Equal(1, Helios.Starlings.ConnectedCount);
    }

    [Fact]
    public async Task OlderConnectionIgnoresTheClose_IsCutInTime()
    {
        await using var older = await ResumeClient.ConnectAsync(Server);
        await using var newer = await older.ReturnAsync(Server, 0);
        await older.Wire.ExpectCloseAsync(4000, "superseded");
        await newer.ExpectNothingAsync();

        Server.Time.Advance(TimeSpan.FromMinutes(6));

        await older.Wire.ExpectEndAsync();
        await newer.ExpectNothingAsync();
    }

    [Fact]
    public async Task MessagesOfTheOlderConnection_AreDiscarded()
    {
        await using var older = await ResumeClient.ConnectAsync(Server);
        await older.SendTextAsync("before");
        await older.ExpectNothingAsync();
        await using var newer = await older.ReturnAsync(Server, 0);
        Assert.Equal(1, newer.Received);

        await older.SendTextAsync("after");
        await older.AckAsync("0");
        await newer.SendTextAsync("new");

        await TakenAsync(2);
        await newer.ExpectNothingAsync();
        Assert.Equal(["before", "new"], TakenSoFar());
    }

    [Fact]
    public async Task TheOldersHandlerRuns_ItsAnswerLeavesOverTheNewer()
    {
        using var started = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        Helios.Method("block:it", (string text, RequestContext _) =>
        {
            started.Release();
            gate.Wait();
            return text;
        });
        await using var older = await ResumeClient.ConnectAsync(Server);
        await older.AskAsync("block:it", "\"done\"");
        await older.SendTextAsync("counted by nobody yet");
        await started.WaitAsync();

        // Its messages wait until the handler of the older connection has ended.
        var newer = await older.ReturnAsync(Server, 0);
        await newer.SendTextAsync("later");
        gate.Release();

        Assert.Equal($"answer {ClientMessage.Id} \"done\"", await newer.NextAsync());
        await TakenAsync(1);
        Assert.Equal(1, newer.Received);
        Assert.Equal(["later"], TakenSoFar());
        await newer.DisposeAsync();
    }

    [Fact]
    public async Task TakenOverTwice_TheNewestWaitsForTheFirstOnesHandler()
    {
        using var started = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        Helios.OnJson(_ =>
        {
            started.Release();
            gate.Wait();
        });
        await using var first = await ResumeClient.ConnectAsync(Server);
        await first.SendTextAsync("{}");
        await started.WaitAsync();
        await using var second = await first.ReturnAsync(Server, 0);
        await using var third = await first.ReturnAsync(Server, 0);

        await third.SendTextAsync("later");
        var alive = third.ExpectNothingAsync();
        await Task.WhenAny(alive, Task.Delay(300));

        // If it were handled now, it would run beside an earlier message.
        Assert.Equal(["{}"], TakenSoFar());
        gate.Release();
        await alive.InTime();
        Assert.Equal(["{}", "later"], TakenSoFar());
    }

    [Fact]
    public async Task Events_OfATakeover_ComeInPairs()
    {
        var happened = new List<string>();
        Helios.Events.On("starling:**", e =>
        {
            lock (happened) happened.Add(e is StarlingDisconnected lost ? $"{lost.Name} {lost.Code}" : e.Name);
        });
        Helios.OnRecovery(_ =>
        {
            lock (happened) happened.Add("OnRecovery");
        });
        await using var older = await ResumeClient.ConnectAsync(Server);
        await using var newer = await older.ReturnAsync(Server, 0);
        await newer.CutAsync(Server);

        await Eventually.TrueAsync(() => { lock (happened) return happened.Count == 7; });
        Assert.Equal(
            [
                "starling:new", "starling:connected", "starling:disconnected 4000", "starling:connected", "starling:recovered",
                "OnRecovery", "starling:disconnected 1006",
            ], happened);
    }

    [Fact]
    public async Task HundredRecoveriesAtOnce_OneLinkRemains_NothingLeaks()
    {
        await using var first = await ResumeClient.ConnectAsync(Server);
        await first.CutAsync(Server);
        await TellAsync(first, 1);

        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(
            () => Server.ConnectAsync(new UpgradeRequest($"/helios?recover={first.Token}&resume=1&epoch={first.Epoch}&received=0")))));
        Task<int>[] readings = [.. clients.Select(ReadToTheEndAsync)];

        await Eventually.TrueAsync(
            () => Helios.Starlings is { ConnectedCount: 1, TotalCount: 1 } && readings.Count(reading => reading.IsCompleted) == 99);
        // After the last takeover a message reaches only the linked connection.
        var closed = await Task.WhenAll(readings.Select(reading => Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(2)))));
        Assert.Equal(99, closed.Count(task => task is Task<int>));
        Assert.All(closed.OfType<Task<int>>(), code => Assert.Equal(4000, code.Result));
        foreach (var client in clients) await client.DisposeAsync();
        await Eventually.TrueAsync(() => Helios.Starlings.ConnectedCount == 0);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(0, Helios.Starlings.TotalCount);
        await Eventually.TrueAsync(() => Helios.Engine.Buffers.Rented == 0);
    }

    [Fact]
    public async Task LateStepOfAnOlderLink_ChangesNothing()
    {
        await using var older = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(older);
        var first = (WebSocketConnection)starling.Session.Connection!;
        await using var newer = await older.ReturnAsync(Server, 0);
        var (user, address) = (starling.User, starling.RemoteAddress);

        starling.Peer.ApplyLink(first, IPAddress.Any, new object());
        Assert.Equal((user, address), (starling.User, starling.RemoteAddress));

        await newer.CutAsync(Server);
        await Eventually.TrueAsync(() => Helios.Node.Held.Count == 1);
        Helios.Connections.OnLinked(starling, first, previous: null);
        Assert.Contains(first, Helios.Connections.Unlinked);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        await Eventually.TrueAsync(() => Helios.Starlings.TotalCount == 0);
    }

    private static async Task<int> ReadToTheEndAsync(WireClient client)
    {
        while (true)
        {
            var frame = await client.ReadFrameAsync();
            if (frame.Opcode == ServerFrame.PingOpcode) await client.SendAsync(ClientFrame.Pong(frame.Payload));
            if (frame.Opcode == ServerFrame.CloseOpcode) return frame.CloseCode ?? 0;
        }
    }
}

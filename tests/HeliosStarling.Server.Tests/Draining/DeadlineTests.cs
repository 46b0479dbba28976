using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Draining;

/// <summary>No client and no handler delays the stop of a server for longer than ShutdownTimeout.</summary>
public sealed class DeadlineTests : DrainTest
{
    [Fact]
    public async Task HandlerThatNeverEnds_ClientIsClosedInTime()
    {
        await using var slow = await Server.ConnectAsync();
        await slow.SendTextAsync(ClientMessage.Request("wait:go", "\"never\""));
        await slow.ExpectAliveAsync();
        await using var other = await Server.ConnectAsync();
        await other.ExpectAliveAsync();

        var stopped = StopAsync();
        await ExpectGoodbyeAsync(other);
        Server.Time.Advance(LastWaited);

        await ExpectGoodbyeAsync(slow);
        await stopped.InTime();
    }

    [Fact]
    public async Task ClientThatNeverAcknowledges_IsClosed_AndTheMessagesAreReported()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3);

        var stopped = StopAsync();
        Assert.Equal(["n:n 1", "n:n 2", "n:n 3"], await client.NextAsync(3));
        await client.AckAsync("1");
        await client.ExpectNothingAsync();
        Server.Time.Advance(LastWaited);

        await ExpectGoodbyeAsync(client.Wire);
        await stopped.InTime();
        Assert.Equal(2, Unconfirmed.Count);
        Assert.Contains(Server.Log.Entries, entry => entry.Text == "The server stops while clients have not confirmed 2 messages.");
    }

    [Fact]
    public async Task ClientThatNeverReads_IsCut_AndTheMessagesAreReported()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var text = new string('x', 500_000);
        for (var i = 0; i < 60; i++) await Helios.Starlings.BroadcastAsync("fill:it", text);

        var stopped = StopAsync();
        Server.Time.Advance(LastWaited);
        Server.Time.Advance(Cut - LastWaited);

        await stopped.InTime();
        Assert.Equal(60, Unconfirmed.Count);
    }

    [Fact]
    public async Task ClientThatDoesNotAnswerTheClose_IsCut()
    {
        await using var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();

        var stopped = StopAsync();
        await client.ExpectCloseAsync(1001, "server going away");
        Server.Time.Advance(Cut);

        await stopped.InTime();
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task DisconnectionHandlerThatNeverEnds_StopEndsInTime()
    {
        Helios.OnDisconnection(async (_, _) => await Gate.Task);
        await using var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();

        var stopped = StopAsync();
        await client.ExpectCloseAsync(1001, "server going away");
        await client.SendAsync(ClientFrame.Close(1001));
        await Bound.EventuallyAsync(() =>
        {
            Server.Time.Advance(TimeSpan.FromSeconds(1));
            return stopped.IsCompleted;
        }, "the server stops");

        Assert.DoesNotContain(Server.Log.Entries, entry => entry.Text.Contains("have not ended", StringComparison.Ordinal));
        Gate.SetResult();
    }

    [Fact]
    public async Task StateThatIsNeverSaved_StopEndsInTime()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        Helios.States.Register("slow", async _ =>
        {
            await Gate.Task;
            return 1;
        }, (_, _) => default);

        var stopped = StopAsync();
        await client.ExpectNothingAsync();
        Server.Time.Advance(LastWaited);

        await ExpectGoodbyeAsync(client.Wire);
        await stopped.InTime();
        Gate.SetResult();
    }

    [Fact]
    public async Task MessagesForAStarlingThatIsAway_AreReported()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await Eventually.TrueAsync(() => Helios.Node.Held.Count == 1);
        await TellAsync(client, 1, 2);

        await StopAsync().InTime();

        Assert.Equal(2, Unconfirmed.Count);
    }

    [Fact]
    public async Task ClientThatGoesMeanwhile_IsReportedToo()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1);
        var stopped = StopAsync();
        await client.NextAsync();

        await client.Wire.DisposeAsync();

        await stopped.InTime();
        Assert.Single(Unconfirmed);
    }

    [Fact]
    public async Task SecondStop_WaitsForTheFirst()
    {
        await using var client = await Server.ConnectAsync();
        await client.ExpectAliveAsync();
        var first = StopAsync();

        var second = StopAsync();

        Assert.False(second.IsCompleted);
        await client.ExpectCloseAsync(1001, "server going away");
        await client.SendAsync(ClientFrame.Close(1001));
        await second.InTime();
        await first.InTime();
    }
}

namespace HeliosStarling;

/// <summary>Events of a client come one after another.</summary>
public class EventOrderTests
{
    [Fact]
    public async Task SlowHandler_HoldsTheNextEventBack()
    {
        var (gate, happened) = (new TaskCompletionSource(), new List<string>());
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(setup: client => client.Events.On("starling:*", async e =>
        {
            if (e is ClientDisconnected) await gate.Task;
            lock (happened) happened.Add(e.Name);
        }));

        await server.Starling.CloseAsync(4321);
        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 1 && client.State == ConnectionState.Connected);
        lock (happened) Assert.Equal(["starling:connected"], happened);
        gate.SetResult();

        await Eventually.TrueAsync(() => { lock (happened) return happened.Contains("starling:recovered"); });
        lock (happened) Assert.Equal(
            ["starling:connected", "starling:disconnected", "starling:reconnecting", "starling:connected", "starling:recovered"], happened);
    }

    [Fact]
    public async Task HandlerOfConnectedThatNeverEnds_ConnectAsyncEndsWithItsToken_AndTheConnectionToo()
    {
        using var cancellation = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync();

        var connecting = StarlingClient.ConnectAsync(server.Url, setup: client => client.Events.On("starling:connected", async _ =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        }), cancellationToken: cancellation.Token);
        await begun.Task.InTime();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.InTime());
        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 0);
    }
}

using HeliosStarling.Framing;
using HeliosStarling.Testing;
using HeliosStarling.Wire;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Draining;

/// <summary>The stop of a whole server, with both listeners.</summary>
public sealed class ListenerDrainTests
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upgrade_WhileARequestStillRuns_Is503WithRetryAfter(bool isMapped)
    {
        var setup = new ServerSetup(
            helios => helios.Method("wait:go", async _ => await _gate.Task),
            options => options.ConnectionTimeout = TimeSpan.FromSeconds(5));
        var address = new WireAddress(AddressKind.IPv4);
        var server = isMapped ? await MappedServer.StartAsync(setup, address) : await LeanServer.StartAsync(setup, address);
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(ClientMessage.Request("wait:go"));
        await client.ExpectAliveAsync();

        var stopped = server.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() => server.Helios.Connections.IsStopping);
        var reply = await server.AskAsync(UpgradeRequest.Valid);
        _gate.SetResult();

        Assert.Equal(
            (503, """{"error":{"code":"CONNECTION_REJECTED","message":"The server is shutting down."}}""", "5"),
            (reply.Status, reply.Body, reply.Headers["Retry-After"]));
        await client.ExpectSuccessAsync();
        await client.ExpectCloseAsync(1001, "server going away");
        await client.SendAsync(ClientFrame.Close(1001));
        await stopped;
    }

    [Fact]
    public async Task ManyClients_AreClosedOneAfterAnother()
    {
        var time = new FakeTimeProvider();
        var helios = Helios.Create(options => options.TimeProvider = time);
        var mocks = Enumerable.Range(0, 300).Select(_ => new MockStarling(helios)).ToList();

        var stopped = helios.DisposeAsync().AsTask();
        var atOnce = Closed();
        time.Advance(TimeSpan.FromMilliseconds(100));
        await Bound.EventuallyAsync(() => Closed() >= 150, "half of them are closed after half of the time");
        var halfTime = Closed();
        await Bound.EventuallyAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            return stopped.IsCompleted;
        }, "all are closed");

        Assert.InRange(atOnce, 0, 5);
        Assert.InRange(halfTime, 150, 155);
        Assert.Equal(300, Closed());

        int Closed() => mocks.Count(mock => mock.Starling.Session.Connection is not { IsOpen: true });
    }
}

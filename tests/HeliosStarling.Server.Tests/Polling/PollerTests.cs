using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Polling;

/// <summary>A slow reader does not block other readers, and no socket is missed.</summary>
public sealed class PollerTests : IAsyncLifetime
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<(SocketStream Stream, Socket Peer)> _pairs = [];
    private readonly Poller _poller = new();

    public ValueTask InitializeAsync()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (stream, peer) in _pairs)
        {
            stream.Cut();
            await stream.DisposeAsync();
            peer.Dispose();
        }
        _listener.Dispose();
    }

    [Fact]
    public async Task Readers_SomeBlock_OthersGoOn()
    {
        using var released = new ManualResetEventSlim();
        var blocked = new List<Task>();
        for (var i = 0; i < 3; i++)
        {
            var (stream, peer) = await OpenAsync();
            var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            blocked.Add(BlockAsync(stream, entered, released));
            peer.Send([1]);
            await entered.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

            await ExchangeAsync(10);
        }
        released.Set();
        await Task.WhenAll(blocked).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Sockets_MoreThanThereWasRoomFor_AllAreTold()
    {
        for (var i = 0; i < 200; i++) await OpenAsync();

        var reads = _pairs.Select(pair => pair.Stream.ReadAsync(new byte[1]).AsTask()).ToArray();
        foreach (var (_, peer) in _pairs) peer.Send([1]);

        Assert.All(
            await Task.WhenAll(reads).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken),
            count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Socket_Closed_LeavesItsPlaceToTheNext()
    {
        for (var round = 0; round < 100; round++)
        {
            var (stream, peer) = await OpenAsync();
            var reading = stream.ReadAsync(new byte[1]).AsTask();
            if (round % 2 == 0) peer.Send([1]);
            else peer.Dispose();
            Assert.Equal((round + 1) % 2, await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            stream.Cut();
            await stream.DisposeAsync();
            peer.Dispose();
            _pairs.Clear();
        }
        await ExchangeAsync(10);
    }

    private async Task<(SocketStream Stream, Socket Peer)> OpenAsync()
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(_listener.LocalEndPoint!);
        _pairs.Add((new SocketStream(await _listener.AcceptAsync(), _poller), peer));
        return _pairs[^1];
    }

    private async Task ExchangeAsync(int times)
    {
        var (stream, peer) = await OpenAsync();
        for (var i = 0; i < times; i++)
        {
            var reading = stream.ReadAsync(new byte[1]).AsTask();
            peer.Send([1]);
            Assert.Equal(1, await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }
    }

    private static async Task BlockAsync(SocketStream stream, TaskCompletionSource entered, ManualResetEventSlim released)
    {
        _ = await stream.ReadAsync(new byte[1]).ConfigureAwait(false);
        entered.SetResult();
        released.Wait(TimeSpan.FromSeconds(60));
    }
}

using System.Net;
using System.Net.Sockets;

namespace HeliosStarling;

/// <summary>What wakes a socket may be bytes that were read before: only what can be read ends a wait for it.</summary>
public sealed class SocketStreamTests : IAsyncLifetime
{
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private SocketStream _stream = null!;
    private Socket _socket = null!;

    public async ValueTask InitializeAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await _peer.ConnectAsync(listener.LocalEndPoint!);
        _socket = await listener.AcceptAsync();
        _stream = new SocketStream(_socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public async Task ReadAsync_NoBuffer_EndsOnlyWhenTheNextReadWouldNotWait()
    {
        for (var round = 0; round < 500; round++)
        {
            var first = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
            _peer.Send([1]);
            await first.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Equal(1, TakeAll());

            // Taken ahead of the wake-up, which then tells of nothing.
            _peer.Send([2]);
            while (TakeAll() == 0) await Task.Yield();
            var second = _stream.ReadAsync(Memory<byte>.Empty).AsTask();
            for (var i = 0; i < 20; i++) await Task.Yield();
            Assert.False(second.IsCompleted);

            _peer.Send([3]);
            await second.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.Equal(1, TakeAll());
        }
    }

    [Fact]
    public async Task TryRead_NothingHasCome_IsFalse_AndAnEndIsARead()
    {
        Assert.Equal(0, TakeAll());
        _peer.Shutdown(SocketShutdown.Send);
        await _stream.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.True(_stream.TryRead(new byte[8], out var count));
        Assert.Equal(0, count);
    }

    [Fact]
    public void TryWrite_PeerDoesNotRead_TakesWhatFitsAndThenNothing()
    {
        var bytes = new byte[64 * 1024];
        long written = 0;
        for (int count; (count = _stream.TryWrite(bytes)) > 0;) written += count;

        Assert.InRange(written, 1, long.MaxValue);
        Assert.Equal(0, _stream.TryWrite(bytes));
    }

    private int TakeAll() => _stream.TryRead(new byte[8], out var count) ? count : 0;
}

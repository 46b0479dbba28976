using System.Net;
using System.Net.Sockets;

namespace HeliosStarling;

/// <summary>
/// A wake-up may be for bytes that were already read: a wait ends only when a read would not wait. The same on every poller and on the
/// runtime's own engine.
/// </summary>
public abstract class SocketStreamTests : IAsyncLifetime
{
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private SocketStream _stream = null!;
    private Socket _socket = null!;

    private protected abstract Poller? Poller { get; }

    public async ValueTask InitializeAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await _peer.ConnectAsync(listener.LocalEndPoint!);
        _socket = await listener.AcceptAsync();
        _stream = new SocketStream(_socket, Poller);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
        _peer.Dispose();
        GC.SuppressFinalize(this);
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

            // Read before the wake-up, which then has no new bytes.
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
    public async Task Discard_OfMoreThanItMay_LeavesTheRest()
    {
        var sent = 0;
        _peer.Blocking = false;
        // As much as the kernel buffers.
        for (var count = 1; count > 0; sent += Math.Max(0, count)) count = _peer.Send(new byte[1024], SocketFlags.None, out _);
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty));
        Assert.InRange(sent, 32 * 1024, int.MaxValue);

        _stream.Discard(10_000, CancellationToken.None);

        // In reads of 4 KiB.
        Assert.InRange(await TakeRestAsync(), sent - 10_000 - 4096, sent - 10_000);
    }

    [Fact]
    public async Task Discard_PastTheDeadline_TakesNothing()
    {
        _peer.Send([1, 2, 3]);
        Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty));

        _stream.Discard(10_000, new CancellationToken(canceled: true));

        Assert.Equal(3, TakeAll());
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
    public async Task WriteAsync_PeerDoesNotRead_EndsAtOnceWhileThereIsRoom_ThenWaits_AndAllComes()
    {
        var bytes = new byte[64 * 1024];
        new Random(7).NextBytes(bytes);
        var written = 0;
        ValueTask writing;
        for (; (writing = _stream.WriteAsync(bytes)).IsCompletedSuccessfully; written++) await writing;
        var waiting = writing.AsTask();
        Assert.True(written > 0);

        var received = new byte[bytes.Length];
        for (var i = 0; i <= written; i++)
        {
            await ReceiveAllAsync(received);
            Assert.Equal(bytes, received);
        }
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WaitAsync_BytesAndEndComeTogether_NeitherIsMissed()
    {
        for (var round = 0; round < 3; round++) await ExchangeAsync(round);
        _peer.Send([1, 2, 3]);
        _peer.Shutdown(SocketShutdown.Send);

        var taken = new List<int>();
        do
        {
            int count;
            while (!_stream.TryRead(new byte[8], out count))
                await _stream.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            taken.Add(count);
            // As a reader that has handled all its bytes.
            if (count > 0) await _stream.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
        while (taken[^1] > 0);

        Assert.Equal(3, taken.Sum());
    }

    [Fact]
    public async Task WaitAsync_ReadTookLessThanHasCome_EndsAtOnce()
    {
        await ExchangeAsync(1);
        _peer.Send(new byte[20]);
        var taken = 0;
        while (taken < 20)
        {
            if (_stream.TryRead(new byte[7], out var count)) taken += count;
            else await _stream.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
        Assert.Equal(20, taken);
    }

    [Fact]
    public async Task TryReadOn_ConnectionBroke_TakesNothing_AndTheNextReadFails()
    {
        await ExchangeAsync(1);
        _peer.Send(new byte[8]);
        _peer.LingerState = new LingerOption(true, 0);
        _peer.Dispose();
        int count;
        while (!_stream.TryRead(new byte[8], out count))
            await _stream.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(8, count);

        Assert.True(_socket.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead));
        Assert.False(_stream.TryReadOn(new byte[8], out _));

        await _stream.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var failure = Assert.Throws<SocketException>(() => _stream.TryRead(new byte[8], out _));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_Ends_AndTheNextReadGetsTheBytes()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = _stream.ReadAsync(new byte[8], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));

        await ExchangeAsync(5);
    }

    [Fact]
    public async Task Cut_WhileOneReadsAndOneWrites_BothEnd()
    {
        var reading = _stream.ReadAsync(new byte[8]).AsTask();
        var writing = WriteUntilItFailsAsync();

        _stream.Cut();

        var end = await Record.ExceptionAsync(() => reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.True(end is IOException or SocketException or ObjectDisposedException || (end is null && await reading == 0), $"{end}");
        end = await writing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.True(end is IOException or SocketException or ObjectDisposedException, $"{end}");
    }

    private async Task<Exception?> WriteUntilItFailsAsync() => await Record.ExceptionAsync(async () =>
    {
        while (true) await _stream.WriteAsync(new byte[64 * 1024]);
    });

    private async Task ExchangeAsync(int value)
    {
        var reading = _stream.ReadAsync(new byte[8]).AsTask();
        _peer.Send(new byte[value + 1]);
        Assert.Equal(value + 1, await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    private async Task ReceiveAllAsync(Memory<byte> buffer)
    {
        for (var count = 0; count < buffer.Length;)
        {
            var more = await _peer.ReceiveAsync(buffer[count..], TestContext.Current.CancellationToken).AsTask().WaitAsync(
                TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.True(more > 0);
            count += more;
        }
    }

    private async Task<int> TakeRestAsync()
    {
        _peer.Shutdown(SocketShutdown.Send);
        var (all, buffer) = (0, new byte[4096]);
        for (var count = 1; count > 0; all += count)
            count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return all;
    }

    private int TakeAll() => _stream.TryRead(new byte[8], out var count) ? count : 0;
}

/// <inheritdoc/>
public sealed class PolledSocketStreamTests : SocketStreamTests
{
    private protected override Poller? Poller { get; } = Poller.Shared;
}

/// <inheritdoc/>
public sealed class RuntimeSocketStreamTests : SocketStreamTests
{
    private protected override Poller? Poller => null;
}

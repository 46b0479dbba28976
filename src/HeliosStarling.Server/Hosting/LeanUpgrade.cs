using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace HeliosStarling;

/// <summary>Takes a bare socket from its first byte to the WebSocket: TLS, the request's head, the answer.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class LeanUpgrade(Helios helios)
{
    // A small server too has room to tell those whom it refuses why.
    private const int LeastOpening = 128;

    private int _opening;

    /// <summary>Runs one connection to its end, and disposes of it.</summary>
    public async Task RunAsync(Socket socket, bool isSecure)
    {
        var bare = new SocketStream(socket, Poller.Next(isEventLoop: helios.Engine.EventLoop is not null));
        Stream stream = isSecure ? new SslStream(bare) : bare;
        var isInside = false;
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix) socket.NoDelay = true;
            var opened = await OpenAsync(stream, bare).ConfigureAwait(false);
            if (opened is not null)
            {
                isInside = true;
                await stream.WriteAsync(UpgradeResponse.Accept(opened.Acceptance)).ConfigureAwait(false);
                var running = helios.Connections.RunAsync(stream, opened.Early, opened.Arrival, bare.Cut, socket: bare);
                // Not kept for as long as the connection lives.
                opened = null;
                await running.ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            helios.Engine.Logger.ConnectionBroke(exception.Message);
        }
        catch (Exception exception)
        {
            helios.Engine.Logger.ConnectionFaulted(exception);
        }
        finally
        {
            await CloseAsync(stream, bare).ConfigureAwait(false);
            if (isInside) helios.Connections.Leave();
        }
    }

    private async Task CloseAsync(Stream stream, SocketStream bare)
    {
        try
        {
            // A peer that does not take its last bytes must not keep the connection.
            using var deadline = new CancellationTokenSource(helios.Options.ConnectionTimeout, helios.Engine.Time);
            using var abort = deadline.Token.UnsafeRegister(static bare => ((SocketStream)bare!).CloseSocket(), bare);
            if (stream is SslStream tls) await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            // It is gone already, or was never secured.
        }
        bare.Finish();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gets the request within the deadline and decides on it; null when the connection is not to be.</summary>
    private async Task<Opened?> OpenAsync(Stream stream, SocketStream bare)
    {
        using var deadline = new CancellationTokenSource(helios.Options.ConnectionTimeout, helios.Engine.Time);
        try
        {
            // A handshake costs memory before its connection is counted, so those under way are bounded too.
            if (Interlocked.Increment(ref _opening) > Math.Max(helios.Options.MaxConnections, LeastOpening)) return null;
            if (helios.Gate.CountAttempt(AddressOf(bare)) is { } tooMany)
            {
                await RefuseAsync(stream, bare, tooMany, deadline.Token).ConfigureAwait(false);
                return null;
            }
            if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(helios.Options.Tls!, deadline.Token).ConfigureAwait(false);
            return await DecideAsync(stream, bare, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _opening);
        }
    }

    /// <summary>Turns away who comes too often: over TLS without a word, which would cost a handshake.</summary>
    private async Task RefuseAsync(Stream stream, SocketStream bare, Refusal tooMany, CancellationToken deadline)
    {
        if (stream is SslStream) return;
        // An answer ahead of the request would be lost: the request would meet a closed socket.
        await stream.ReadAsync(Memory<byte>.Empty, deadline).ConfigureAwait(false);
        helios.Gate.OnRefused(tooMany);
        await AnswerAsync(stream, bare, tooMany, deadline).ConfigureAwait(false);
    }

    private async Task AnswerAsync(Stream stream, SocketStream bare, Refusal refusal, CancellationToken deadline)
    {
        await stream.WriteAsync(UpgradeResponse.Refuse(refusal), deadline).ConfigureAwait(false);
        if (helios.Engine.EventLoop is not null) await EventLoop.GoToPoolAsync();
        // Closing a socket with bytes unread would reset it, and take the answer from the peer.
        var unread = new byte[RequestHead.MaxSize];
        while (bare.TryRead(unread, out var count) && count > 0)
        {
        }
    }

    private static IPAddress? AddressOf(SocketStream bare) => (bare.Socket.RemoteEndPoint as IPEndPoint)?.Address;

    private async Task<Opened?> DecideAsync(Stream stream, SocketStream bare, CancellationToken deadline)
    {
        var (head, refusal, early) = await ReadHeadAsync(stream, deadline).ConfigureAwait(false);
        if (head is null && refusal is null) return null;
        UpgradeContext? context = null;
        UpgradeAcceptance? acceptance = null;
        if (head is null) helios.Metrics.UpgradeRefused(refusal!);
        else
        {
            using var aborted = new CancellationTokenSource();
            context = head.ToContext(aborted.Token);
            (context.RemoteAddress, context.IsCounted) = (AddressOf(bare), true);
            (refusal, acceptance) = await WatchAsync(bare, helios.Gate.EnterAsync(head, context), aborted).ConfigureAwait(false);
        }
        if (refusal is null) return new Opened(acceptance!, context!.ToArrival(), early);
        await AnswerAsync(stream, bare, refusal, deadline).ConfigureAwait(false);
        return null;
    }

    /// <summary>Waits for a decision, and tells those who make it when the client goes away meanwhile.</summary>
    private static async ValueTask<T> WatchAsync<T>(SocketStream bare, ValueTask<T> deciding, CancellationTokenSource aborted)
    {
        if (deciding.IsCompleted) return await deciding.ConfigureAwait(false);
        using var decided = new CancellationTokenSource();
        var leaving = WaitAsync();
        try
        {
            return await deciding.ConfigureAwait(false);
        }
        finally
        {
            await decided.CancelAsync().ConfigureAwait(false);
            await leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WaitAsync()
        {
            try
            {
                await bare.ReadAsync(Memory<byte>.Empty, decided.Token).ConfigureAwait(false);
                // Bytes, or else the end.
                if (bare.Socket.Available > 0) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // It was reset.
            }
            await aborted.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <returns>The head or why it is none, and what came behind it; nothing when the client went away.</returns>
    private static async Task<(RequestHead? Head, Refusal? Refusal, byte[] Early)> ReadHeadAsync(Stream stream, CancellationToken deadline)
    {
        // Not of the counted ones: strangers who only open sockets must not take what those inside need.
        var buffer = ArrayPool<byte>.Shared.Rent(RequestHead.MaxSize);
        try
        {
            for (var length = 0; ;)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false);
                if (count == 0) return (null, null, []);
                length += count;
                var status = RequestHeadReader.TryRead(buffer.AsSpan(0, length), out var head, out var refusal);
                if (status == HeadStatus.Invalid) return (null, refusal, []);
                if (status == HeadStatus.Complete) return (head, null, buffer[head!.Size..length]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private sealed record Opened(UpgradeAcceptance Acceptance, Arrival Arrival, byte[] Early);
}

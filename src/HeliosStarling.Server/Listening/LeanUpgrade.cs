using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace HeliosStarling;

/// <summary>Upgrades a bare socket to a WebSocket: TLS, the head of the request, and the answer.</summary>
/// <param name="host">The server.</param>
/// <param name="isLoopbackOnly">Whether only programs on this machine can reach the listener.</param>
/// <param name="places">Limits the number of sockets that are not upgraded yet.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class LeanUpgrade(ListenerHost host, bool isLoopbackOnly, LeanPlaces places)
{
    // Four requests of the maximum size. Further bytes of a refused client are not read.
    private const int MaxDiscarded = 4 * RequestHead.MaxSize;

    /// <summary>
    /// Runs one connection to its end and disposes it. A socket without a place is closed at once.
    /// </summary>
    public void Begin(Socket socket, bool isSecure)
    {
        try
        {
            if (TryBegin(socket, isSecure)) return;
        }
        catch (Exception)
        {
            // A logger or meter listener of the application has failed. The next client must not wait because of that.
        }
        socket.Dispose();
    }

    private bool TryBegin(Socket socket, bool isSecure)
    {
        var address = (socket.RemoteEndPoint as IPEndPoint)?.Address;
        var tooMany = host.Gate.CountAttempt(address);
        if (places.TryTake(address, isSecure, tooMany is not null) is not { } place)
        {
            host.Gate.OnRefused(tooMany ?? host.Gate.NoRoom);
            return false;
        }
        // Run it on another thread: upgrade filters must not delay other clients.
        ThreadPool.UnsafeQueueUserWorkItem(
            static it => _ = it.Upgrade.RunAsync(it.Socket, it.IsSecure, it.Place, it.TooMany),
            (Upgrade: this, Socket: socket, IsSecure: isSecure, Place: place, TooMany: tooMany),
            preferLocal: false);
        return true;
    }

    private async Task RunAsync(Socket socket, bool isSecure, OpeningPlace? place, Refusal? tooMany)
    {
        var bare = new SocketStream(socket, Poller.Shared);
        Stream stream = isSecure ? new SslStream(bare) : bare;
        var hasEntered = false;
        IPAddress? counted = null;
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix) socket.NoDelay = true;
            var opened = await OpenAsync(stream, bare, place!.Address, tooMany).ConfigureAwait(false);
            if (opened is not null)
            {
                (hasEntered, counted) = (true, opened.Acceptance.Address);
                place.Dispose();
                place = null;
                host.Gate.OnAccepted(opened.Head);
                await stream.WriteAsync(UpgradeResponse.Accept(opened.Acceptance)).ConfigureAwait(false);
                var running = host.Connections.RunAsync(stream, opened.Early, opened.Context.ToArrival(), bare.Cut, socket: bare);
                // Release it: the connection may live long.
                opened = null;
                await running.ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException
            or AuthenticationException or ObjectDisposedException)
        {
            host.Node.Engine.Logger.ConnectionBroke(exception.Message);
        }
        catch (Exception exception)
        {
            host.Node.Engine.Logger.ConnectionFaulted(exception);
        }
        finally
        {
            try
            {
                await CloseAsync(stream, bare).ConfigureAwait(false);
            }
            finally
            {
                if (hasEntered) host.Gate.Leave(counted);
                place?.Dispose();
            }
        }
    }

    private async Task CloseAsync(Stream stream, SocketStream bare)
    {
        try
        {
            // A peer that does not take the last bytes must not keep the connection open.
            using var deadline = new CancellationTokenSource(host.Node.Options.ConnectionTimeout, host.Node.Engine.Time);
            using var abort = deadline.Token.UnsafeRegister(static bare => ((SocketStream)bare!).CloseSocket(), bare);
            if (stream is SslStream tls) await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The connection is gone or has no TLS session. The stream throws the exception of a failed handshake again, which may come
            // from application code.
        }
        bare.Finish();
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Reads the request within the deadline and decides on it; null when the connection does not continue.</summary>
    private async Task<Opened?> OpenAsync(Stream stream, SocketStream bare, IPAddress? address, Refusal? tooMany)
    {
        using var deadline = new CancellationTokenSource(host.Node.Options.ConnectionTimeout, host.Node.Engine.Time);
        // Wait for the first byte, so that a silent connection costs neither a buffer nor a handshake. A refused client needs it, too: if
        // the socket was closed before the request arrived, the answer would be lost.
        await bare.ReadAsync(Memory<byte>.Empty, deadline.Token).ConfigureAwait(false);
        if (tooMany is not null)
        {
            host.Gate.OnRefused(tooMany);
            await AnswerAsync(stream, bare, tooMany, deadline.Token).ConfigureAwait(false);
            return null;
        }
        if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(host.Tls.Current(), deadline.Token).ConfigureAwait(false);
        return await DecideAsync(stream, bare, address, deadline.Token).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(Stream stream, SocketStream bare, Refusal refusal, CancellationToken deadline)
    {
        await stream.WriteAsync(UpgradeResponse.Refuse(refusal), deadline).ConfigureAwait(false);
        // Closing a socket with unread bytes would reset it, and the peer might lose the answer.
        bare.Discard(MaxDiscarded, deadline);
    }

    private async Task<Opened?> DecideAsync(Stream stream, SocketStream bare, IPAddress? address, CancellationToken deadline)
    {
        var (head, refusal, early) = await LeanHead.ReadAsync(stream, deadline).ConfigureAwait(false);
        if (head is null && refusal is null) return null;
        UpgradeContext? context = null;
        UpgradeAcceptance? acceptance = null;
        if (head is null) host.Node.Metrics.UpgradeRefused(refusal!);
        else
        {
            using var aborted = new CancellationTokenSource();
            context = ContextOf(head, aborted.Token);
            (context.RemoteAddress, context.IsCounted, context.IsLoopbackOnly) = (address, true, isLoopbackOnly);
            (refusal, acceptance) = await WatchAsync(bare, host.Gate.EnterAsync(head, context), aborted).ConfigureAwait(false);
        }
        if (refusal is null) return new Opened(head!, acceptance!, context!, early);
        await AnswerAsync(stream, bare, refusal, deadline).ConfigureAwait(false);
        return null;
    }

    /// <summary>Creates the request that filters see, without tokens.</summary>
    private static UpgradeContext ContextOf(RequestHead head, CancellationToken aborted)
    {
        var tokens = RequestTokens.Take(head.Query, head.GetHeader(RequestTokens.Subprotocols) ?? "");
        var headers = tokens.InSubprotocols
            ? new Dictionary<string, string>(head.Headers, StringComparer.OrdinalIgnoreCase)
            {
                [RequestTokens.Subprotocols] = tokens.Offered,
            }
            : head.Headers;
        return new UpgradeContext(head.Path, tokens.Query, headers, user: null, aborted)
        {
            Token = tokens.Recovery,
            AccessToken = tokens.Access,
        };
    }

    /// <summary>Waits for the decision, and cancels a token when the client disconnects meanwhile.</summary>
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
                // Readable without bytes means the end of the stream.
                if (bare.Socket.Available > 0) return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // The connection was reset.
            }
            await aborted.CancelAsync().ConfigureAwait(false);
        }
    }

    private sealed record Opened(RequestHead Head, UpgradeAcceptance Acceptance, UpgradeContext Context, byte[] Early);
}

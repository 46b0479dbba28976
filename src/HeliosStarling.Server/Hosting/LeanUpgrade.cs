using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace HeliosStarling;

/// <summary>Takes a bare connection from its first byte to the WebSocket: TLS, the request's head, the answer.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class LeanUpgrade(Helios helios)
{
    // A small server too has room to tell those whom it refuses why.
    private const int LeastOpening = 128;

    private int _opening;

    /// <summary>Runs one connection to its end, and disposes of it.</summary>
    public async Task RunAsync(ConnectionContext connection, bool isSecure)
    {
        Stream stream = new DuplexPipeStream(connection.Transport);
        if (isSecure) stream = new SslStream(stream, leaveInnerStreamOpen: true);
        Opened? opened = null;
        try
        {
            opened = await OpenAsync(stream, connection).ConfigureAwait(false);
            if (opened is not null) await RunAsync(stream, opened, connection).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            helios.Engine.Logger.ConnectionBroke(exception.Message);
        }
        catch (Exception exception)
        {
            helios.Engine.Logger.ConnectionFaulted(exception);
        }
        finally
        {
            await CloseAsync(stream, connection).ConfigureAwait(false);
            if (opened is not null) helios.Connections.Leave();
        }
    }

    private async Task CloseAsync(Stream stream, ConnectionContext connection)
    {
        // A peer that does not take its last bytes must not keep the connection.
        using var deadline = new CancellationTokenSource(helios.Options.ConnectionTimeout, helios.Engine.Time);
        using var abort = deadline.Token.UnsafeRegister(static connection => ((ConnectionContext)connection!).Abort(), connection);
        await stream.DisposeAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync(Stream stream, Opened opened, ConnectionContext connection)
    {
        await stream.WriteAsync(UpgradeResponse.Accept(opened.Acceptance)).ConfigureAwait(false);
        await helios.Connections.RunAsync(stream, opened.Early, opened.Arrival, connection.Abort).ConfigureAwait(false);
    }

    /// <summary>Gets the request within the deadline and decides on it; null when the connection is not to be.</summary>
    private async Task<Opened?> OpenAsync(Stream stream, ConnectionContext connection)
    {
        using var deadline = new CancellationTokenSource(helios.Options.ConnectionTimeout, helios.Engine.Time);
        try
        {
            // A handshake costs memory before its connection is counted, so those under way are bounded too.
            if (Interlocked.Increment(ref _opening) > Math.Max(helios.Options.MaxConnections, LeastOpening)) return null;
            if (helios.Gate.CountAttempt(AddressOf(connection)) is { } tooMany) return await RefuseAsync(stream, tooMany, deadline.Token).ConfigureAwait(false);
            if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(helios.Options.Tls!, deadline.Token).ConfigureAwait(false);
            return await DecideAsync(stream, connection, deadline.Token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _opening);
        }
    }

    /// <summary>Turns away who comes too often: over TLS without a word, which would cost a handshake.</summary>
    private async Task<Opened?> RefuseAsync(Stream stream, Refusal tooMany, CancellationToken deadline)
    {
        if (stream is SslStream) return null;
        // An answer ahead of the request would be lost: the request would meet a closed socket.
        await stream.ReadAsync(Memory<byte>.Empty, deadline).ConfigureAwait(false);
        helios.Gate.OnRefused(tooMany);
        await stream.WriteAsync(UpgradeResponse.Refuse(tooMany), deadline).ConfigureAwait(false);
        return null;
    }

    private static IPAddress? AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    private async Task<Opened?> DecideAsync(Stream stream, ConnectionContext connection, CancellationToken deadline)
    {
        var (head, refusal, early) = await ReadHeadAsync(stream, deadline).ConfigureAwait(false);
        if (head is null && refusal is null) return null;
        UpgradeContext? context = null;
        UpgradeAcceptance? acceptance = null;
        if (head is null) helios.Metrics.UpgradeRefused(refusal!);
        else
        {
            context = head.ToContext(connection.ConnectionClosed);
            (context.RemoteAddress, context.IsCounted) = (AddressOf(connection), true);
            (refusal, acceptance) = await helios.Gate.EnterAsync(head, context).ConfigureAwait(false);
        }
        if (refusal is null) return new Opened(acceptance!, context!.ToArrival(), early);
        await stream.WriteAsync(UpgradeResponse.Refuse(refusal), deadline).ConfigureAwait(false);
        return null;
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

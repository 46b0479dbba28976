using System.Buffers.Text;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Opens WebSockets to one server for one instance of a client (docs/protocol.md section 7, rule 5).</summary>
internal sealed class Dialer(Uri url, StarlingClientOptions options)
{
    private const int InstanceBytes = 12;

    private readonly string _instance = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(InstanceBytes));
    private long _attempt;

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="token">The recovery token of the starling; null for a new one.</param>
    /// <param name="ticket">The sign-in ticket; null when there is none.</param>
    /// <param name="epoch">The epoch of the counted messages; null when it is unknown.</param>
    /// <param name="received">The number of messages that were received in that epoch.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HeliosException"><c>CONNECTION_REJECTED</c>, with the cause as inner exception.</exception>
    public Task<WebSocket> ConnectAsync(
        string? token,
        string? ticket,
        string? epoch,
        long received,
        CancellationToken cancellationToken) => options.WebSocketFactory is { } factory
        ? MakeAsync(factory, token, ticket, Target(epoch, received), cancellationToken)
        : DialAsync(token, ticket, Target(epoch, received), cancellationToken);

    private async Task<WebSocket> DialAsync(string? token, string? ticket, Uri target, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(HeliosProtocol.Name);
        // As a subprotocol the token does not appear in access logs (docs/protocol.md section 1).
        if (token is not null) socket.Options.AddSubProtocol($"helios.recover.{token}");
        var transport = OperatingSystem.IsBrowser() ? null : Prepare(socket, ticket);
        using var deadline = new CancellationTokenSource(options.ConnectionTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var connecting = OperatingSystem.IsBrowser()
                ? socket.ConnectAsync(BrowserUpgrade.Target(target, ticket), either.Token)
                : socket.ConnectAsync(target, new HttpMessageInvoker(transport!), either.Token);
            Observe(connecting);
            // Do not wait for a transport that ignores the token.
            await connecting.WaitAsync(either.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception exception)
        {
            // Do not dispose the socket: a connection that the transport opens later must be aborted, too.
            socket.Abort();
            cancellationToken.ThrowIfCancellationRequested();
            var refusal = OperatingSystem.IsBrowser()
                ? await BrowserUpgrade.AskAsync(target, ticket, options.TimeProvider, cancellationToken).ConfigureAwait(false)
                : transport!.Refusal;
            var cause = deadline.IsCancellationRequested
                ? $"no answer within {options.ConnectionTimeout}"
                : DialFault.Of(exception, target.Scheme == "wss");
            var failure = refusal ?? new ConnectionFailure { Reason = cause };
            throw Rejected(failure with { Reason = SecretText.Hide(failure.Reason, ticket, token) }, exception);
        }
    }

    private async Task<WebSocket> MakeAsync(
        Func<Uri, IReadOnlyList<string>, CancellationToken, Task<WebSocket>> factory, string? token, string? ticket, Uri target,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectionTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Task<WebSocket>? making = null;
        try
        {
            making = factory(
                BrowserUpgrade.Target(target, ticket),
                token is null ? [HeliosProtocol.Name] : [HeliosProtocol.Name, $"helios.recover.{token}"],
                either.Token);
            return await making.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            if (making is not null) AbortLater(making);
            cancellationToken.ThrowIfCancellationRequested();
            var cause = deadline.IsCancellationRequested
                ? $"no answer within {options.ConnectionTimeout}"
                : exception.GetBaseException().Message;
            throw Rejected(new ConnectionFailure { Reason = SecretText.Hide(cause, ticket, token) }, exception);
        }
    }

    public HeliosException Rejected(ConnectionFailure failure, Exception? inner = null) =>
        new(ErrorCodes.ConnectionRejected, $"Could not connect to {url.GetLeftPart(UriPartial.Path)}: {failure.Reason}", failure, inner);

    /// <summary>Describes a close frame that came instead of the welcome.</summary>
    public static ConnectionFailure FailureOf(CloseInfo close) => new()
    {
        CloseCode = close.Code,
        Code = RefusalReader.CodeOf(close.Reason) ?? CodeOf(close.Code),
        Reason = close.Reason.Length == 0 ? $"the server closed with {close.Code}" : $"the server closed with {close.Code}: {close.Reason}",
    };

    // The error codes of the close codes that have one (docs/protocol.md section 4).
    private static string? CodeOf(int closeCode) => closeCode switch
    {
        CloseCode.RateLimited => ErrorCodes.RateLimitExceeded,
        CloseCode.ServerFault => ErrorCodes.InternalError,
        _ => null,
    };

    /// <summary>Observes the exception of a task that nobody awaits any more.</summary>
    private static void Observe(Task connecting) =>
        connecting.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>Aborts a WebSocket that is opened when nobody waits any more, or observes the exception.</summary>
    private static void AbortLater(Task<WebSocket> making)
    {
        Observe(making);
        making.ContinueWith(
            static task => task.Result.Abort(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
    }

    [UnsupportedOSPlatform("browser")]
    private UpgradeTransport Prepare(ClientWebSocket socket, string? ticket)
    {
        socket.Options.KeepAliveInterval = options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
        options.ConfigureWebSocket?.Invoke(socket.Options);
        if (ticket is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {ticket}");
        return UpgradeTransport.For(socket.Options, options.Invoker, options.TimeProvider);
    }

    private Uri Target(string? epoch, long received)
    {
        var limit = FormattableString.Invariant($"limit={options.MaxMessageSize}");
        if (!options.Resume) return UriQuery.Append(url, limit);
        var query = FormattableString.Invariant($"resume=1&instance={_instance}&attempt={++_attempt}&{limit}");
        if (!string.IsNullOrEmpty(epoch)) query += FormattableString.Invariant($"&epoch={Uri.EscapeDataString(epoch)}&received={received}");
        return UriQuery.Append(url, query);
    }
}

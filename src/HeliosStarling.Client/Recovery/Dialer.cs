using System.Buffers.Text;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Opens WebSockets to one server, as one instance of a client (docs/protocol.md section 7, rule 5).</summary>
internal sealed class Dialer(Uri url, StarlingClientOptions options)
{
    private const int InstanceBytes = 12;

    private readonly string _instance = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(InstanceBytes));
    private long _attempt;

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="token">The starling to come back as; null for a new one.</param>
    /// <param name="ticket">What says who connects; null when nothing does.</param>
    /// <param name="epoch">The epoch in which was counted; null when nobody is sure.</param>
    /// <param name="received">What was counted in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HeliosException"><c>CONNECTION_REJECTED</c>, with the cause inside.</exception>
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
        // Offered as a subprotocol no access log holds it (docs/protocol.md section 1).
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
            // A transport that does not heed the token is not waited for.
            await connecting.WaitAsync(either.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception exception)
        {
            // Not disposed of: what such a transport brings later is closed, too.
            socket.Abort();
            cancellationToken.ThrowIfCancellationRequested();
            var refusal = OperatingSystem.IsBrowser()
                ? await BrowserUpgrade.AskAsync(target, ticket, options.TimeProvider, cancellationToken).ConfigureAwait(false)
                : transport!.Refusal;
            var cause = deadline.IsCancellationRequested ? $"no answer within {options.ConnectionTimeout}" : DialFault.Of(exception, target.Scheme == "wss");
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

    /// <summary>A close frame in place of the welcome.</summary>
    public static ConnectionFailure FailureOf(CloseInfo close) => new()
    {
        CloseCode = close.Code,
        Code = RefusalReader.CodeOf(close.Reason) ?? CodeOf(close.Code),
        Reason = close.Reason.Length == 0 ? $"the server closed with {close.Code}" : $"the server closed with {close.Code}: {close.Reason}",
    };

    // What the protocol calls it that has a close code of its own (docs/protocol.md section 4).
    private static string? CodeOf(int closeCode) => closeCode switch
    {
        CloseCode.RateLimited => ErrorCodes.RateLimitExceeded,
        CloseCode.ServerFault => ErrorCodes.InternalError,
        _ => null,
    };

    /// <summary>A failure that comes when nobody waits any more is no unobserved exception.</summary>
    private static void Observe(Task connecting) =>
        connecting.ContinueWith(
            static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>What comes when nobody waits any more is closed, or is no unobserved exception.</summary>
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

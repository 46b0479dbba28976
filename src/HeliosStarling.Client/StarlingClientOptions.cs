using System.Net.WebSockets;
using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>
/// Options of a client. They are validated when it connects: the exception names the option, its value and the allowed range.
/// </summary>
public sealed class StarlingClientOptions
{
    /// <summary>The maximum time to connect, and to wait for the server when closing. Between 100 ms and 5 min. Default 10 s.</summary>
    public TimeSpan ConnectionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether messages are counted, so that no message is lost or doubled after a lost connection (docs/protocol.md section 7). Turn it
    /// off for a server that does not support resume. Default true.
    /// </summary>
    public bool Resume { get; set; } = true;

    /// <summary>Whether the client reconnects by itself when its connection is lost. Default true.</summary>
    public bool Reconnect { get; set; } = true;

    /// <summary>
    /// The maximum delay before the first attempt to reconnect. It doubles with each further attempt. The delay itself is random between 0
    /// and this maximum. Between 1 ms and 1 h. Default 100 ms.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The maximum delay before any attempt. Between <see cref="ReconnectDelay"/> and 1 h. Default 30 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum number of attempts before the client gives up for good. At least 1. Default null: no limit.</summary>
    public int? MaxReconnectAttempts { get; set; }

    /// <summary>
    /// A recovery token of an earlier client (<see cref="StarlingClient.Token"/>). The client comes back as that client's starling. Default
    /// none: a new starling.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>
    /// Returns the sign-in ticket of the client, for example a JWT, or null to connect without one. It is called before each connection,
    /// once more when the first connection is refused with 401, and before an accepted ticket expires. The ticket is sent as
    /// <c>Authorization: Bearer …</c>. In a browser, which cannot set headers on a WebSocket, it is sent as <c>access_token</c> in the
    /// query. It is never logged. Default none.
    /// </summary>
    /// <remarks>
    /// An exception fails the attempt to connect, with its message as the reason. The function may wait for a user to sign in:
    /// <see cref="ConnectionTimeout"/> begins after it has returned. Its token is cancelled when the client does not need the ticket any
    /// more.
    /// </remarks>
    public Func<AccessTokenRequest, CancellationToken, ValueTask<string?>>? AccessTokenProvider { get; set; }

    /// <summary>
    /// The default time limit of requests, and of the methods of this client. Between 1 ms and 24 h. Default 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum size of a received message, in bytes. The server knows it and sends <c>REQUEST_PAYLOAD_TOO_LARGE</c> instead of a larger
    /// answer. A larger message that arrives nevertheless is skipped. A message of more than 16 times this size closes the connection with
    /// 1009. Between 64 KiB and 64 MiB. Default 16 MiB.
    /// </summary>
    public int MaxMessageSize { get; set; } = 16 * ProtocolLimits.DefaultMaxMessageSize;

    /// <summary>
    /// The maximum number of messages that are kept until the server has them, including messages that are sent without a connection. When
    /// it is reached, senders that await wait for room, and requests fail. As many again may wait while the server takes no more requests
    /// of this client. Between 64 and 1,000,000. Default 1,000.
    /// </summary>
    public int MessageBufferSize { get; set; } = 1000;

    /// <summary>The maximum size of these messages together, in bytes. Between 2 MiB and 2 GiB. Default 64 MiB.</summary>
    public long MessageBufferBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The maximum size of the server's messages that wait for this program, in bytes: items of streamed answers that are not read,
    /// notifications of requests whose handlers are busy, and messages whose handlers have not ended. Beyond it, the request of a streamed
    /// answer fails with <c>REQUEST_QUEUE_FULL</c>, the server's requests are answered with that error, and its other messages are not
    /// handled. At most one handler per KiB of it runs. Between 1 MiB and 2 GiB, at least <see cref="MaxMessageSize"/>. Default 64 MiB.
    /// </summary>
    public long MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long the connection may be silent before the server is pinged. A browser sends no pings. Between 1 s and 1 h. Default 15 s.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a ping may stay unanswered before the connection is considered lost. Between 1 s and 1 h. Default 15 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether errors of the server's failed requests contain the exception's text. Default false.</summary>
    public bool Debug { get; set; }

    /// <summary>
    /// The JSON options for payloads. Default: camelCase names; missing or null values of non-nullable members are refused. Add
    /// source-generated contexts to the <see cref="JsonSerializerOptions.TypeInfoResolverChain"/>.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = HeliosJson.CreateOptions();

    /// <summary>
    /// Sets headers, cookies, certificates, proxy and other options of the WebSocket before it connects. Not used in a browser. Default
    /// none.
    /// </summary>
    public Action<ClientWebSocketOptions>? ConfigureWebSocket { get; set; }

    /// <summary>
    /// Sends the upgrade request. Use it for HTTP/2, Unix sockets and other transports of <see cref="HttpMessageInvoker"/>. The client does
    /// not dispose it. Not used in a browser. Default the framework's own.
    /// </summary>
    public HttpMessageInvoker? Invoker { get; set; }

    /// <summary>
    /// Opens the WebSocket instead of the framework's <see cref="ClientWebSocket"/>, for test transports such as the <c>TestServer</c> of
    /// ASP.NET Core. Its arguments are the address with its query, and the subprotocols to offer, which contain the recovery token.
    /// <see cref="ConfigureWebSocket"/>, <see cref="Invoker"/> and the two keep-alive options are ignored then. An exception fails the
    /// attempt. Default none.
    /// </summary>
    public Func<Uri, IReadOnlyList<string>, CancellationToken, Task<WebSocket>>? WebSocketFactory { get; set; }

    /// <summary>Decides when the client reconnects. Default the back-off.</summary>
    internal IReconnection? Reconnection { get; set; }

    /// <summary>
    /// Creates the client's logger. Default: warnings and errors, for example exceptions of handlers, are written to the standard error
    /// stream.
    /// <c>NullLoggerFactory.Instance</c> logs nothing.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock. Default the system clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal void ThrowIfInvalid()
    {
        // The message must not contain the token.
        if (Token is { } token && !SecretText.IsSendable(token.Trim()))
            throw new ArgumentException($"{nameof(Token)} is no recovery token: it holds spaces, line breaks, commas or characters outside ASCII. Set it to what StarlingClient.Token returned.");
        var faults = new OptionFaults();
        faults.Check(nameof(ConnectionTimeout), ConnectionTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        faults.Check(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        faults.Check(nameof(MaxMessageSize), MaxMessageSize, 64 * 1024, 64 * 1024 * 1024);
        faults.Check(nameof(MessageBufferSize), MessageBufferSize, 64, 1_000_000);
        faults.Check(nameof(MessageBufferBytes), MessageBufferBytes, 2L * 1024 * 1024, 2L * 1024 * 1024 * 1024);
        faults.Check(nameof(MaxWaitingBytes), MaxWaitingBytes, Math.Max(1024L * 1024, MaxMessageSize), 2L * 1024 * 1024 * 1024);
        faults.Check(nameof(KeepAliveInterval), KeepAliveInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        faults.Check(nameof(ReconnectDelay), ReconnectDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        faults.Check(nameof(MaxReconnectDelay), MaxReconnectDelay, ReconnectDelay, TimeSpan.FromHours(1));
        faults.Check(nameof(MaxReconnectAttempts), MaxReconnectAttempts ?? 1, 1, int.MaxValue);
        faults.Check(nameof(KeepAliveTimeout), KeepAliveTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (faults.All.Count > 0)
            throw new OptionsValidationException(
                nameof(StarlingClientOptions), typeof(StarlingClientOptions), OptionFaults.Join(faults.All));
    }
}

using System.Net.WebSockets;
using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>
/// How a client runs. Checked when it connects: a bad value throws with the option's name, its value and the allowed range.
/// </summary>
public sealed class StarlingClientOptions
{
    /// <summary>How long connecting may take, and how long closing waits for the server. Between 100 ms and 5 min. Default 10 s.</summary>
    public TimeSpan ConnectionTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether messages are counted, so that after a dropped connection nothing is lost and nothing doubled (docs/protocol.md section 7).
    /// Turn it off for a server that does not know resume. Default true.
    /// </summary>
    public bool Resume { get; set; } = true;

    /// <summary>Whether the client comes back by itself when its connection drops. Default true.</summary>
    public bool Reconnect { get; set; } = true;

    /// <summary>
    /// The longest wait before the first try to come back; it doubles with each further one, and the wait itself is random between 0 and
    /// that. Between 1 ms and 1 h. Default 100 ms.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before any try. Between <see cref="ReconnectDelay"/> and 1 h. Default 30 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to try before giving up for good. At least 1; null, the default, is without limit.</summary>
    public int? MaxReconnectAttempts { get; set; }

    /// <summary>
    /// A recovery token of an earlier client (<see cref="StarlingClient.Token"/>), as whose starling to come back. Default none: a new
    /// starling.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>
    /// Gives the ticket that says who connects, such as a JWT; null connects without. Asked before each connection, once more when the
    /// first one is answered 401, and in good time before a ticket ends that the server accepted. Sent as <c>Authorization: Bearer …</c>;
    /// in a browser, which sets no headers on a WebSocket, as the parameter <c>access_token</c> of the query. Never logged. Default none.
    /// </summary>
    /// <remarks>
    /// What it throws fails the attempt to connect, with its message as the reason. It may wait for somebody who signs in:
    /// <see cref="ConnectionTimeout"/> begins when it has returned. Its token is cancelled when the client does not need the ticket any
    /// more.
    /// </remarks>
    public Func<AccessTokenRequest, CancellationToken, ValueTask<string?>>? AccessTokenProvider { get; set; }

    /// <summary>
    /// How long a request waits for its answer, and how long a method of this client may run, unless told otherwise. Between 1 ms and 24 h.
    /// Default 30 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The largest message taken, in bytes. The server is told and sends none that is larger; its answer is then
    /// <c>REQUEST_PAYLOAD_TOO_LARGE</c>. From a server that sends one all the same it is read past, and over 16 times as large closes the
    /// connection with 1009. Between 64 KiB and 64 MiB. Default 16 MiB.
    /// </summary>
    public int MaxMessageSize { get; set; } = 16 * ProtocolLimits.DefaultMaxMessageSize;

    /// <summary>
    /// The most messages that are kept until the server has them, those sent while there is no connection included. Senders that await are
    /// held back; a request beyond fails. As many again may wait while the server takes no more requests of this client. Between 64 and
    /// 1,000,000. Default 1,000.
    /// </summary>
    public int MessageBufferSize { get; set; } = 1000;

    /// <summary>The most bytes that are kept until the server has them. Between 2 MiB and 2 GiB. Default 64 MiB.</summary>
    public long MessageBufferBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The most bytes of the server's messages that wait for this program: items of streamed answers that are not read, notifications of
    /// requests whose handlers are busy, and what handlers that have not ended were given. Beyond, a streamed answer's request fails with
    /// <c>REQUEST_QUEUE_FULL</c>, the server's requests are answered so, and its other messages are not handled. At most
    /// one handler runs for each KiB of it. Between 1 MiB and 2 GiB, at least <see cref="MaxMessageSize"/>. Default 64 MiB.
    /// </summary>
    public long MaxWaitingBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// How long the connection may be silent before the server is pinged. Between 1 s and 1 h; a browser sends no pings. Default 15 s.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a ping may stay unanswered before the connection counts as lost. Between 1 s and 1 h. Default 15 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether answers to failed requests of the server carry the exception's text. Default false.</summary>
    public bool Debug { get; set; }

    /// <summary>
    /// How payloads are read and written. Default: camelCase, missing or null values of non-nullable members are refused. Add
    /// source-generated contexts to its <see cref="JsonSerializerOptions.TypeInfoResolverChain"/>.
    /// </summary>
    public JsonSerializerOptions Json { get; set; } = HeliosJson.CreateOptions();

    /// <summary>
    /// Sets headers, cookies, certificates, proxy and the like on the WebSocket before it connects. Not used in a browser. Default nothing.
    /// </summary>
    public Action<ClientWebSocketOptions>? ConfigureWebSocket { get; set; }

    /// <summary>
    /// Sends the upgrade request, for HTTP/2, Unix sockets and other transports of <see cref="HttpMessageInvoker"/>; the client does not
    /// dispose of it. Not used in a browser. Default the framework's own.
    /// </summary>
    public HttpMessageInvoker? Invoker { get; set; }

    /// <summary>
    /// Opens the WebSocket in place of the framework's <see cref="ClientWebSocket"/>, for transports of tests such as the <c>TestServer</c>
    /// of ASP.NET Core: it is given the address with its query, and the subprotocols to offer, which hold the recovery token.
    /// <see cref="ConfigureWebSocket"/>,
    /// <see cref="Invoker"/> and the two keep-alive options do not count then. What it throws is a failed try. Default none.
    /// </summary>
    public Func<Uri, IReadOnlyList<string>, CancellationToken, Task<WebSocket>>? WebSocketFactory { get; set; }

    /// <summary>When the client comes back. Default after the back-off.</summary>
    internal IReconnection? Reconnection { get; set; }

    /// <summary>
    /// Where the client logs. Default: warnings and errors, such as exceptions of handlers, go to the standard error stream.
    /// <c>NullLoggerFactory.Instance</c> logs nothing.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal void ThrowIfInvalid()
    {
        // Neither the message nor the value's name repeats it.
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
            throw new OptionsValidationException(nameof(StarlingClientOptions), typeof(StarlingClientOptions), OptionFaults.Join(faults.All));
    }
}

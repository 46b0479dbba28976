using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A client of a Helios server: requests in both directions, notifications, text, JSON and binary messages. When the connection is lost,
/// the client reconnects by itself and continues where it was cut: no message is lost or doubled in either direction.
/// </summary>
/// <remarks>
/// Safe to use concurrently. Messages leave in the order of the calls. Messages that are sent without a connection wait for the next one.
/// Clients of one process share nothing but their meter.
/// </remarks>
public sealed class StarlingClient
    : HandlerHost<ClientRequestContext, ClientTopicContext, NoFreeHandler>,
        IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>,
        IAsyncDisposable
{
    private const string Category = "HeliosStarling.StarlingClient";

    // All clients of a process share their instruments.
    private static readonly EngineMetrics s_metrics = new("client");

    private readonly Engine _engine;
    private readonly ClientSession _session;
    private readonly TokenKeeper _token;
    private readonly TaskQueue _events = new();
    private readonly ConnectionKeeper _keeper;

    private StarlingClient(StarlingClientOptions options, Uri? url)
    {
        options.ThrowIfInvalid();
        var logger = options.LoggerFactory?.CreateLogger(Category) ?? new ErrorOutputLogger(Category);
        var guard = new RegistrationGuard(
            nameof(StarlingClient),
            "The client has ended, so that no handler would be called any more. Connect another one.",
            () => State == ConnectionState.Closed);
        _engine = new Engine(options.TimeProvider, metrics: s_metrics)
        {
            Types = new JsonTypes(HeliosJson.Freeze(options.Json)),
            Logger = logger,
            Outbox = new OutboxLimits(options.MessageBufferSize, options.MessageBufferBytes, Policy: null),
            RequestTimeout = options.RequestTimeout,
            MaxMessageSize = options.MaxMessageSize,
            Debug = options.Debug,
            IsPeerServer = true,
            Lanes = new Lanes(RequestLimits.OfClient(options.MaxWaitingBytes)),
        };
        Dispatcher = new Dispatcher(_engine, guard);
        Registry = new HandlerRegistry<ClientRequestContext, ClientTopicContext>(
            Dispatcher,
            new HandlerBinder<ClientRequestContext>(_engine, static request => new ClientRequestContext(request)),
            new TopicPipeline<ClientTopicContext>(ClientTopicContext.Of, sendsRefusals: false));
        _session = new ClientSession(this, _engine);
        _token = new TokenKeeper(options.Token?.Trim() is { Length: > 0 } token ? token : null);
        Events = new EventHub<ClientEvent>(_engine.HandlerLog, guard);
        Messages = new MessageHandlers<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>(_engine.HandlerLog, guard);
        _keeper = new ConnectionKeeper(this, _session, _token, options, url);
        Dispatcher.Topics.Add(WireNames.Token, int.MaxValue, KeepToken);
    }

    internal Dispatcher Dispatcher { get; }

    /// <summary>The state of the client.</summary>
    public ConnectionState State => _keeper.State;

    /// <summary>
    /// The id of the client's starling; null until the server has sent it, and when <see cref="StarlingClientOptions.Resume"/> is off.
    /// </summary>
    public string? StarlingId => _keeper.StarlingId;

    /// <summary>
    /// The newest recovery token; null when there is none. Another client with it as <see cref="StarlingClientOptions.Token"/> comes back
    /// as the same starling, for example after a restart of this program. It is a secret and must not be logged.
    /// </summary>
    public string? Token => _token.Token;

    /// <summary>
    /// The events of the connection. Handlers run in the order of the events: all handlers of one event, including asynchronous ones, end
    /// before those of the next event begin.
    /// </summary>
    public EventHub<ClientEvent> Events { get; }

    internal override HandlerRegistry<ClientRequestContext, ClientTopicContext> Registry { get; }

    internal MessageHandlers<string, JsonElement, ReadOnlyMemory<byte>, HeliosException> Messages { get; }

    MessageHandlers<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>
        IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>.Messages =>
        Messages;

    /// <summary>Creates a client and connects it.</summary>
    /// <param name="url">The address of the server, <c>ws://</c> or <c>wss://</c>; <c>http://</c> and <c>https://</c> mean the
    /// same.</param>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can arrive. Default none.</param>
    /// <param name="cancellationToken">Cancels connecting.</param>
    /// <exception cref="HeliosException">The server could not be reached or refused the client: <c>CONNECTION_REJECTED</c>, with the cause
    /// as inner exception. The client was closed meanwhile: <c>CONNECTION_CLOSED</c>.</exception>
    /// <exception cref="ArgumentException">The address has another scheme, or contains a user name or password.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range. The message contains the
    /// option, its value and the range.</exception>
    public static async Task<StarlingClient> ConnectAsync(
        Uri url, Action<StarlingClientOptions>? configure = null, Action<StarlingClient>? setup = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        url = ServerAddress.Of(url);
        var options = new StarlingClientOptions();
        configure?.Invoke(options);
        var client = new StarlingClient(options, url);
        setup?.Invoke(client);
        await client._keeper.OpenAsync(cancellationToken).ConfigureAwait(false);
        return client;
    }

    /// <summary>Creates a client that <see cref="OpenAsync"/> connects.</summary>
    internal static StarlingClient Create(Uri url, StarlingClientOptions options) => new(options, ServerAddress.Of(url));

    /// <summary>Connects for the first time.</summary>
    internal Task OpenAsync(CancellationToken cancellationToken) => _keeper.OpenAsync(cancellationToken);

    /// <summary>Creates a client with a WebSocket that is open already.</summary>
    /// <param name="socket">The WebSocket. The client disposes it.</param>
    /// <param name="options">The options.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can arrive.</param>
    internal static StarlingClient Attach(WebSocket socket, StarlingClientOptions options, Action<StarlingClient> setup)
    {
        (options.Resume, options.Reconnect) = (false, false);
        var client = new StarlingClient(options, url: null);
        setup(client);
        client._keeper.Start(socket);
        return client;
    }

    /// <summary>Calls a method of the server. Await the result to get its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null sends no payload.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the wait.</param>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    public StarlingRequest<TResult> Request<TResult>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Open.Request<TResult>(method, payload, options, cancellationToken);

    /// <summary>
    /// Calls a method of the server and ignores the value of its answer. Await the result to know that the method has succeeded.
    /// </summary>
    /// <inheritdoc cref="Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Open.Request(method, payload, options, cancellationToken);

    /// <summary>
    /// Calls a method of the server that streams its answer. The items are returned in order, each as soon as it arrives.
    /// </summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null sends no payload.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the enumeration.</param>
    /// <returns>The items. Each enumeration makes a request when it begins. Leaving it early cancels the request.</returns>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>. The method answers with a value instead of a
    /// stream:
    /// <c>RESPONSE_UNREADABLE</c>. The enumeration throws it, like all errors of the request.</exception>
    public async IAsyncEnumerable<T> Stream<T>(
        string method, object? payload = null, RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Request(method, payload, options, cancellationToken);
        await foreach (var item in request.Stream<T>(cancellationToken).ConfigureAwait(false)) yield return item;
    }

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">The data, any JSON-serializable value.</param>
    /// <param name="cancellationToken">Ends the wait for room. The message stays queued.</param>
    /// <returns>A task that completes when there is room for the next message. Its result is <see cref="SendResult.Dropped"/> when there is
    /// no room for this one.</returns>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>. The message is larger than the server takes:
    /// <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default) =>
        Open.SendInOrderAsync(_engine.Encoder.Notification(topic, new SerializedJson<T>(data, _engine.TypeInfo<T>())), cancellationToken);

    /// <summary>Sends plain text or the application's own JSON, which is not a protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    /// <exception cref="HeliosException">The message is larger than the server takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size,
    /// limit}</c>.</exception>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        Open.SendInOrderAsync(_engine.Encoder.Text(text), cancellationToken);

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    /// <exception cref="HeliosException">The message is larger than the server takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size,
    /// limit}</c>.</exception>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        Open.SendInOrderAsync(_engine.Encoder.Binary(data.Span), cancellationToken);

    /// <summary>
    /// Leaves for good: sends all queued messages, waits until the server has acknowledged them, and closes with 1000. The server forgets
    /// the starling at once. Open and waiting requests of both sides fail with <c>CONNECTION_CLOSED</c>. A client without a connection
    /// reconnects for that.
    /// </summary>
    /// <remarks>
    /// This takes at most <see cref="StarlingClientOptions.ConnectionTimeout"/>. After it, messages that the server has not acknowledged
    /// are reported as <see cref="ClientUnconfirmed"/>, <see cref="ClientClosed.IsConfirmed"/> is false, and the server keeps the starling
    /// for a while. A connection that is being opened for the first time is closed as soon as it is open, and <see cref="ConnectAsync"/>
    /// then throws
    /// <c>CONNECTION_CLOSED</c>.
    /// </remarks>
    /// <param name="reason">At most 123 bytes of UTF-8. Default none.</param>
    /// <param name="cancellationToken">Ends the wait for the server: the connection is cut, and nothing is thrown. Default none.</param>
    public ValueTask CloseAsync(string? reason = null, CancellationToken cancellationToken = default)
    {
        _session.Backlog.Flush();
        return _keeper.CloseAsync(reason, cancellationToken);
    }

    /// <summary>
    /// Closes the connection with 1001 and ends the client. The server keeps the starling: another client with <see cref="Token"/> as its
    /// <see cref="StarlingClientOptions.Token"/> comes back as the same starling, until the server's <c>DisconnectionTtl</c> is over or the
    /// token has expired.
    /// </summary>
    /// <remarks>
    /// Queued messages are sent. Messages that the server has not acknowledged are reported as <see cref="ClientUnconfirmed"/>.
    /// </remarks>
    /// <param name="reason">At most 123 bytes of UTF-8. Default none.</param>
    public ValueTask DisconnectAsync(string? reason = null)
    {
        _session.Backlog.Flush();
        return _keeper.DisconnectAsync(reason);
    }

    /// <summary>Leaves for good, as <see cref="CloseAsync"/> does.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Raises an event after all earlier ones.</summary>
    internal Task TellAsync(ClientEvent happened) => _events.RunAsync(() => Events.EmitAsync(happened).AsTask());

    /// <summary>The session, unless the application has closed the client.</summary>
    /// <exception cref="ObjectDisposedException">The application has closed the client.</exception>
    private ClientSession Open
    {
        get
        {
            if (_keeper.IsEnding)
                throw new ObjectDisposedException(
                    nameof(StarlingClient), "The client was closed, and cannot be used again. Connect another one.");
            return _session;
        }
    }

    /// <summary>
    /// Adds a handler for the topics and data of notifications. The data has the kind <see cref="JsonValueKind.Null"/> when it is absent.
    /// </summary>
    internal IDisposable OnNotification(string pattern, Action<string, JsonElement> handler) =>
        Dispatcher.Topics.Add(pattern, int.MaxValue, (Session _, string topic, in Message message) =>
        {
            handler(topic, PayloadJson.ReadElement(message.Data));
            return default;
        });

    private ValueTask KeepToken(Session session, string topic, in Message message)
    {
        var data = PayloadJson.ReadElement(message.Data);
        if (data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("token", out var token)
            && token.ValueKind == JsonValueKind.String)
            _token.Keep(token.GetString()!);
        return default;
    }
}

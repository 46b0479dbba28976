using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A connection to a Helios server: requests both ways, notifications, text, JSON and binary. When the connection drops it comes back by
/// itself, and goes on where it was cut: nothing is lost and nothing is doubled, in both directions.
/// </summary>
/// <remarks>
/// Safe to use concurrently. Messages leave in call order; those sent while there is no connection wait for the next one. Clients of one
/// process share nothing but their meter.
/// </remarks>
public sealed class StarlingClient
    : HandlerHost<ClientRequestContext, ClientTopicContext, NoFreeHandler>,
        IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>,
        IAsyncDisposable
{
    private const string Category = "HeliosStarling.StarlingClient";

    // A thousand clients of one process measure into the same instruments.
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

    /// <summary>Where the client stands.</summary>
    public ConnectionState State => _keeper.State;

    /// <summary>
    /// Which starling the client is; null until the server has told, and when <see cref="StarlingClientOptions.Resume"/> is off.
    /// </summary>
    public string? StarlingId => _keeper.StarlingId;

    /// <summary>
    /// The newest recovery token: with it as <see cref="StarlingClientOptions.Token"/> another client, after a restart of this program for
    /// example, comes back as the same starling. A secret: not to be logged. Null when there is none.
    /// </summary>
    public string? Token => _token.Token;

    /// <summary>
    /// What happens to the connection. Handlers run in the order of what happens: those of one event have ended, asynchronous ones too,
    /// before those of the next begin.
    /// </summary>
    public EventHub<ClientEvent> Events { get; }

    internal override HandlerRegistry<ClientRequestContext, ClientTopicContext> Registry { get; }

    internal MessageHandlers<string, JsonElement, ReadOnlyMemory<byte>, HeliosException> Messages { get; }

    MessageHandlers<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>
        IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>.Messages =>
        Messages;

    /// <summary>Makes a client and connects it.</summary>
    /// <param name="url">The server, <c>ws://</c> or <c>wss://</c>; <c>http://</c> and <c>https://</c> mean the same.</param>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can come. Default none.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <exception cref="HeliosException">The server could not be reached or refused: <c>CONNECTION_REJECTED</c>, with the cause inside.
    /// The client was closed meanwhile: <c>CONNECTION_CLOSED</c>.</exception>
    /// <exception cref="ArgumentException">The address is of another kind, or holds a user name or password.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range; the message says which, its
    /// value and the range.</exception>
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

    /// <summary>Makes a client that <see cref="OpenAsync"/> connects.</summary>
    internal static StarlingClient Create(Uri url, StarlingClientOptions options) => new(options, ServerAddress.Of(url));

    /// <summary>Connects for the first time.</summary>
    internal Task OpenAsync(CancellationToken cancellationToken) => _keeper.OpenAsync(cancellationToken);

    /// <summary>Makes a client of a WebSocket that is open already.</summary>
    /// <param name="socket">The WebSocket, of which the client disposes.</param>
    /// <param name="options">How the client runs.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can come.</param>
    internal static StarlingClient Attach(WebSocket socket, StarlingClientOptions options, Action<StarlingClient> setup)
    {
        (options.Resume, options.Reconnect) = (false, false);
        var client = new StarlingClient(options, url: null);
        setup(client);
        client._keeper.Start(socket);
        return client;
    }

    /// <summary>Asks the server to run a method. Await the result for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the wait.</param>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    public StarlingRequest<TResult> Request<TResult>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Open.Request<TResult>(method, payload, options, cancellationToken);

    /// <summary>
    /// Asks the server to run a method whose answer says nothing or is of no interest. Await the result to know that it has succeeded.
    /// </summary>
    /// <inheritdoc cref="Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Open.Request(method, payload, options, cancellationToken);

    /// <summary>Asks the server to run a method whose answer is streamed: the items in order, each as it comes.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the enumeration.</param>
    /// <returns>The items. The request is made when the enumeration begins, each time; leaving it early cancels the request.</returns>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>. The method answers with a value instead of a
    /// stream:
    /// <c>RESPONSE_UNREADABLE</c>. Thrown, as all failures of the request, by the enumeration.</exception>
    public async IAsyncEnumerable<T> Stream<T>(
        string method, object? payload = null, RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = Request(method, payload, options, cancellationToken);
        await foreach (var item in request.Stream<T>(cancellationToken).ConfigureAwait(false)) yield return item;
    }

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="cancellationToken">Ends the wait for room; the message is queued all the same.</param>
    /// <returns>Completes when there is room for the next message. <see cref="SendResult.Dropped"/> when there is none for this
    /// one.</returns>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>. The message is larger than the server takes:
    /// <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default) =>
        Open.SendInOrderAsync(_engine.Encoder.Notification(topic, new SerializedJson<T>(data, _engine.TypeInfo<T>())), cancellationToken);

    /// <summary>Sends plain text, or JSON of the application's own: anything but a protocol message.</summary>
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
    /// Leaves for good: sends all that is held, waits until the server has acknowledged it, and closes with 1000. The server forgets the
    /// starling at once; requests that are open on either side, or wait for earlier ones to be answered, fail with
    /// <c>CONNECTION_CLOSED</c>. A client without connection connects again for that.
    /// </summary>
    /// <remarks>
    /// All of it takes at most <see cref="StarlingClientOptions.ConnectionTimeout"/>. Past it, what the server has not acknowledged is told
    /// as
    /// <see cref="ClientUnconfirmed"/>, <see cref="ClientClosed.IsConfirmed"/> is false, and the server keeps the starling for a while. A
    /// connection that is being opened for the first time is closed as soon as it is there, and <see cref="ConnectAsync"/> then throws
    /// <c>CONNECTION_CLOSED</c>.
    /// </remarks>
    /// <param name="reason">At most 123 bytes as UTF-8. Default none.</param>
    /// <param name="cancellationToken">Ends the wait for the server; the connection is cut, and nothing is thrown. Default none.</param>
    public ValueTask CloseAsync(string? reason = null, CancellationToken cancellationToken = default)
    {
        _session.Backlog.Flush();
        return _keeper.CloseAsync(reason, cancellationToken);
    }

    /// <summary>
    /// Closes the connection with 1001 and ends the client, while the server keeps the starling: another client with <see cref="Token"/> as
    /// its
    /// <see cref="StarlingClientOptions.Token"/> comes back as it, until the server's <c>DisconnectionTtl</c> is over, or the token has
    /// expired.
    /// </summary>
    /// <remarks>What is queued is sent; what the server has not acknowledged is told as <see cref="ClientUnconfirmed"/>.</remarks>
    /// <param name="reason">At most 123 bytes as UTF-8. Default none.</param>
    public ValueTask DisconnectAsync(string? reason = null)
    {
        _session.Backlog.Flush();
        return _keeper.DisconnectAsync(reason);
    }

    /// <summary>Leaves for good, as <see cref="CloseAsync"/> does.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Tells the application what happened, behind all that happened before.</summary>
    internal Task TellAsync(ClientEvent happened) => _events.RunAsync(() => Events.EmitAsync(happened).AsTask());

    /// <summary>The conversation, while the application has not closed the client.</summary>
    /// <exception cref="ObjectDisposedException">It has.</exception>
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

    /// <summary>Calls <paramref name="handler"/> with topic and data, whatever they are; data is of kind null when absent.</summary>
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

using System.Net.WebSockets;
using System.Text.Json;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling;

/// <summary>A connection to a Helios server: requests both ways, notifications, text, JSON and binary.</summary>
/// <remarks>Safe to use concurrently. Messages leave in call order. Clients of one process share nothing.</remarks>
public sealed partial class StarlingClient : IAsyncDisposable
{
    private readonly StarlingClientOptions _options;
    private readonly Engine _engine;
    private readonly HandlerBinder<ClientRequestContext> _binder;
    private readonly ClientSession _session;
    private int _state = (int)ConnectionState.Connecting;
    private Task _running = Task.CompletedTask;

    private StarlingClient(StarlingClientOptions options)
    {
        options.ThrowIfInvalid();
        _options = options;
        ILogger logger = options.LoggerFactory?.CreateLogger("HeliosStarling.StarlingClient") ?? NullLogger.Instance;
        _engine = new Engine(options.TimeProvider)
        {
            Json = HeliosJson.Freeze(options.Json),
            Logger = logger,
            Outbox = new OutboxLimits(options.MessageBufferSize, options.MessageBufferBytes, Policy: null),
            RequestTimeout = options.RequestTimeout,
            MaxMessageSize = options.MaxMessageSize,
            Debug = options.Debug,
        };
        _binder = new HandlerBinder<ClientRequestContext>(_engine, static request => new ClientRequestContext(request));
        _session = new ClientSession(this, _engine);
        Events = new EventHub<ClientEvent>(logger);
        (TextHandlers, JsonHandlers, BinaryHandlers, ErrorHandlers) = (new(logger, "text"), new(logger, "json"), new(logger, "binary"), new(logger, "error"));
    }

    /// <summary>Where the client stands.</summary>
    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    /// <summary>What happens to the connection.</summary>
    public EventHub<ClientEvent> Events { get; }

    /// <summary>The methods that the server can call.</summary>
    public Methods Methods => _engine.Methods;

    internal HandlerList<string> TextHandlers { get; }

    internal HandlerList<JsonElement> JsonHandlers { get; }

    internal HandlerList<ReadOnlyMemory<byte>> BinaryHandlers { get; }

    internal HandlerList<HeliosException> ErrorHandlers { get; }

    /// <summary>Makes a client and connects it.</summary>
    /// <param name="url">The server, <c>ws://</c> or <c>wss://</c>.</param>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can come. Default none.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <exception cref="HeliosException">The server could not be reached or refused: <c>CONNECTION_REJECTED</c>, with the cause inside.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static async Task<StarlingClient> ConnectAsync(
        Uri url, Action<StarlingClientOptions>? configure = null, Action<StarlingClient>? setup = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(url);
        var options = new StarlingClientOptions();
        configure?.Invoke(options);
        var client = new StarlingClient(options);
        setup?.Invoke(client);
        await client.OpenAsync(url, cancellationToken).ConfigureAwait(false);
        return client;
    }

    /// <summary>Makes a client of a WebSocket that is open already.</summary>
    /// <param name="socket">The WebSocket, of which the client disposes.</param>
    /// <param name="options">How the client runs.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can come.</param>
    internal static StarlingClient Attach(WebSocket socket, StarlingClientOptions options, Action<StarlingClient> setup)
    {
        var client = new StarlingClient(options);
        setup(client);
        _ = client.Start(socket).AsTask();
        return client;
    }

    /// <summary>Asks the server to run a method. Await the result for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the wait.</param>
    /// <exception cref="ArgumentException">The name is malformed.</exception>
    public StarlingRequest<TResult> Request<TResult>(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        _session.Request<TResult>(method, payload, options, cancellationToken);

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="cancellationToken">Ends the wait for room; the message is queued all the same.</param>
    /// <returns>Completes when there is room for the next message.</returns>
    /// <exception cref="ArgumentException">The topic is malformed.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default) =>
        _session.SendDirectAsync(_engine.Encoder.Notification(topic, new SerializedJson<T>(data, _engine.TypeInfo<T>())), cancellationToken);

    /// <summary>Sends plain text, or JSON of the application's own: anything but a protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        _session.SendDirectAsync(_engine.Encoder.Text(text), cancellationToken);

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        _session.SendDirectAsync(_engine.Encoder.Binary(data.Span), cancellationToken);

    /// <summary>Sends what is queued, closes with 1000, and completes when the connection has ended.</summary>
    /// <param name="reason">At most 123 bytes as UTF-8. Default none.</param>
    public async ValueTask CloseAsync(string? reason = null)
    {
        _session.Connection?.BeginClose(CloseCode.Normal, reason ?? "");
        await _running.ConfigureAwait(false);
    }

    /// <summary>Closes as <see cref="CloseAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _engine.Metrics.Dispose();
    }

    private async Task OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        var socket = await ConnectSocketAsync(url, cancellationToken).ConfigureAwait(false);
        await Start(socket).ConfigureAwait(false);
    }

    /// <returns>Completes when the <c>starling:connected</c> handlers have; messages come meanwhile, so that those may make requests.
    /// </returns>
    private ValueTask Start(WebSocket socket)
    {
        var connection = new ClientConnection(_session, socket, _options.ConnectionTimeout);
        _session.TryJoin(connection, null, 0);
        Volatile.Write(ref _state, (int)ConnectionState.Connected);
        _running = RunAsync(connection);
        return Events.EmitAsync(new ClientConnected(this));
    }

    private async Task RunAsync(ClientConnection connection)
    {
        // The caller of ConnectAsync goes on while messages come.
        await Task.Yield();
        var close = await connection.RunAsync().ConfigureAwait(false);
        _session.Unlink(connection);
        connection.Dispose();
        Volatile.Write(ref _state, (int)ConnectionState.Closed);
        _session.Close();
        // Not awaited: a handler may itself wait for the client's end.
        _ = Events.EmitAsync(new ClientDisconnected(this, close.Code, close.Reason)).AsTask();
    }

    private async Task<ClientWebSocket> ConnectSocketAsync(Uri url, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(HeliosProtocol.Name);
        socket.Options.KeepAliveInterval = _options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = _options.KeepAliveTimeout;
        _options.ConfigureWebSocket?.Invoke(socket.Options);
        using var deadline = new CancellationTokenSource(_options.ConnectionTimeout, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(url, _options.Invoker, either.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception exception)
        {
            socket.Dispose();
            _engine.Metrics.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            var cause = deadline.IsCancellationRequested ? $"no answer within {_options.ConnectionTimeout}" : exception.Message;
            throw new HeliosException(ErrorCodes.ConnectionRejected, $"Could not connect to {url.GetLeftPart(UriPartial.Path)}: {cause}", null, exception);
        }
    }
}

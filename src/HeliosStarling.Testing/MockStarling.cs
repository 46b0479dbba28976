using System.Net.WebSockets;
using System.Security.Claims;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling.Testing;

/// <summary>An in-memory starling: a real client that is connected to a real <see cref="Helios"/>, without sockets and ports.</summary>
/// <remarks>
/// Safe to use concurrently. It uses the server's clock, so a test that sets the server's clock controls both sides. There is no upgrade
/// request: filters of <c>UseUpgrade</c> and the endpoint's authorization do not run, and the user is set here.
/// </remarks>
public sealed class MockStarling
    : HandlerHost<ClientRequestContext, ClientTopicContext, NoFreeHandler>,
        IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>,
        IAsyncDisposable
{
    // The host is never resolved, because the connection is in memory.
    private static readonly Uri s_address = new("ws://mock.invalid/helios");

    private readonly ClaimsPrincipal? _user;
    private readonly ReconnectGate? _gate;
    private ServerLink _link;
    private readonly Inbox<MockNotification> _notifications = new("notification");
    private readonly Inbox<string> _texts = new("text");
    private readonly Inbox<ReadOnlyMemory<byte>> _binaries = new("binary message");
    private readonly Inbox<HeliosException> _errors = new("error message");
    private volatile TaskCompletionSource<MockClose> _closed = NewClosed();

    /// <summary>
    /// Connects to a server. When the constructor returns, the server has the starling. The client uses no resume and does not reconnect.
    /// Use
    /// <see cref="ConnectAsync"/> for a client that does.
    /// </summary>
    /// <param name="server">The server under test.</param>
    /// <param name="user">The user who connects. Default anonymous.</param>
    /// <param name="configure">Sets the client's options. Their defaults are the server's clock and JSON options. Default nothing.</param>
    /// <param name="setup">Registers methods, topics and handlers of the mock before the first message can arrive. Default nothing.</param>
    /// <exception cref="HeliosException">The server accepts no connection: <c>CONNECTION_LIMIT</c>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range. The message contains the
    /// option, its value and the range.</exception>
    public MockStarling(
        Helios server, ClaimsPrincipal? user = null, Action<StarlingClientOptions>? configure = null, Action<StarlingClient>? setup = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var options = new StarlingClientOptions { TimeProvider = server.Options.TimeProvider, Json = server.Options.Json };
        configure?.Invoke(options);
        options.ThrowIfInvalid();
        Server = server;
        _link = new ServerLink(server, user);
        Starling = _link.Starling!;
        Client = StarlingClient.Attach(MockWebSocket.Open(_link.Client), options, client =>
        {
            Collect(client, options);
            setup?.Invoke(client);
        });
    }

    private MockStarling(Helios server, ClaimsPrincipal? user, ReconnectGate gate)
    {
        (Server, _user, _gate) = (server, user, gate);
        (_link, Client, Starling) = (null!, null!, null!);
    }

    /// <summary>
    /// Connects to a server with a client that uses resume, like a <see cref="StarlingClient"/>. A test can cut its connection
    /// (<see cref="DropAsync"/>) and let it reconnect (<see cref="ReconnectAsync"/>) as the same starling.
    /// </summary>
    /// <param name="server">The server under test.</param>
    /// <param name="user">The user who connects. Default anonymous.</param>
    /// <param name="configure">Sets the client's options. Their defaults are the server's clock and JSON options. The mock sets
    /// <c>Resume</c>,
    /// <c>Reconnect</c> and <c>WebSocketFactory</c> itself. With <c>Token</c> it comes back as the starling of another mock. Default
    /// nothing.</param>
    /// <param name="setup">Registers methods, topics and handlers of the mock before the first message can arrive. Default nothing.</param>
    /// <param name="cancellationToken">Cancels connecting.</param>
    /// <exception cref="HeliosException">The server accepts no connection, or refuses this one: <c>CONNECTION_REJECTED</c>.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range. The message contains the
    /// option, its value and the range.</exception>
    public static async Task<MockStarling> ConnectAsync(
        Helios server, ClaimsPrincipal? user = null, Action<StarlingClientOptions>? configure = null,
        Action<StarlingClient>? setup = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        var mock = new MockStarling(server, user, new ReconnectGate());
        StarlingClientOptions? made = null;
        await StarlingClient.ConnectAsync(
            s_address,
            options => mock.Configure(made = options, configure),
            client =>
            {
                mock.Client = client;
                mock.Collect(client, made!);
                setup?.Invoke(client);
            },
            cancellationToken).ConfigureAwait(false);
        mock.FindStarling();
        return mock;
    }

    /// <summary>The server under test: the current or last server of the mock.</summary>
    public Helios Server { get; private set; }

    /// <summary>The starling on the server.</summary>
    public Starling Starling { get; private set; }

    /// <summary>The client of the starling, for members that the mock does not have.</summary>
    public StarlingClient Client { get; private set; }

    /// <summary>The id of the starling.</summary>
    public string Id => Starling.Id;

    /// <summary>Whether the mock is connected.</summary>
    public bool IsConnected => Client.State == ConnectionState.Connected;

    /// <summary>The maximum time that the <c>Receive</c> methods and disposal wait, by the system clock. Default 10 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// All notifications so far that belong to no request, in order, including those taken with <see cref="ReceiveAsync"/>.
    /// </summary>
    public IReadOnlyList<MockNotification> Notifications => _notifications.All;

    /// <summary>
    /// Completes when the connection has ended, with its close code. <see cref="ReconnectAsync"/> replaces it for the next connection.
    /// </summary>
    public Task<MockClose> Closed => _closed.Task;

    /// <summary>Calls a method of the server and waits for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null sends no payload.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the wait.</param>
    /// <exception cref="HeliosException">The answer is an error, or there was no answer.</exception>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    public async Task<Response<TData>> RequestAsync<TData>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await Request<TData>(method, payload, options, cancellationToken).ConfigureAwait(false));

    /// <summary>Calls a method of the server. The test can listen to its progress and cancel it.</summary>
    /// <inheritdoc cref="StarlingClient.Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest<TData> Request<TData>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Request<TData>(method, payload, options, cancellationToken);

    /// <inheritdoc cref="StarlingClient.Request(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Request(method, payload, options, cancellationToken);

    /// <summary>Sends a notification to the server.</summary>
    /// <inheritdoc cref="StarlingClient.NotifyAsync"/>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default) =>
        Client.NotifyAsync(topic, data, cancellationToken);

    /// <inheritdoc cref="StarlingClient.SendTextAsync"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        Client.SendTextAsync(text, cancellationToken);

    /// <inheritdoc cref="StarlingClient.SendBinaryAsync"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        Client.SendBinaryAsync(data, cancellationToken);

    /// <summary>Takes the oldest notification whose topic matches, or waits for one. Each notification is taken once.</summary>
    /// <param name="pattern">A topic; <c>*</c> matches one segment, a final <c>**</c> matches the rest. Default any topic.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="TimeoutException">None arrived within <see cref="Patience"/>. The message lists the others that
    /// arrived.</exception>
    /// <exception cref="InvalidOperationException">The connection has ended, so none can arrive.</exception>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    public Task<MockNotification> ReceiveAsync(string pattern = "**", CancellationToken cancellationToken = default)
    {
        var parsed = TopicPattern.Parse(pattern);
        return _notifications.TakeAsync(notification => parsed.Matches(notification.Topic), Patience, cancellationToken);
    }

    /// <summary>Takes the oldest text message that is neither JSON nor a protocol message, or waits for one.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <inheritdoc cref="ReceiveAsync" path="/exception[@cref='T:System.TimeoutException']|/exception[@cref='T:System.InvalidOperationException']"/>
    public Task<string> ReceiveTextAsync(CancellationToken cancellationToken = default) =>
        _texts.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>Takes the oldest binary message, or waits for one.</summary>
    /// <inheritdoc cref="ReceiveTextAsync"/>
    public Task<ReadOnlyMemory<byte>> ReceiveBinaryAsync(CancellationToken cancellationToken = default) =>
        _binaries.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>Takes the oldest error message that belongs to no request, or waits for one.</summary>
    /// <inheritdoc cref="ReceiveTextAsync"/>
    public Task<HeliosException> ReceiveErrorAsync(CancellationToken cancellationToken = default) =>
        _errors.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>Sends all queued messages and closes with 1000. Completes when both sides have ended.</summary>
    /// <param name="reason">At most 123 bytes of UTF-8. Default none.</param>
    /// <exception cref="TimeoutException">The server did not end within <see cref="Patience"/>; the connection was cut.</exception>
    /// <remarks>
    /// A mock of <see cref="ConnectAsync"/> says goodbye, and the server forgets its starling. Without a connection it ends without a
    /// goodbye, and the server keeps the starling for its <c>DisconnectionTtl</c>.
    /// </remarks>
    public Task CloseAsync(string? reason = null) => EndAsync(EndClientAsync(reason));

    /// <summary>
    /// Cuts the connection for good without a close frame, like a network failure. Completes when both sides have noticed. Open requests of
    /// the mock fail.
    /// </summary>
    /// <exception cref="TimeoutException">The server did not end within <see cref="Patience"/>.</exception>
    public Task DisconnectAsync()
    {
        if (_gate is not null) _gate.ComesBack = false;
        _link.Cut();
        return EndAsync(Closed);
    }

    /// <summary>
    /// Cuts the connection without a close frame, like a network failure. Completes when both sides have noticed. The client reconnects
    /// when
    /// <see cref="ReconnectAsync"/> is called. Messages of both sides wait until then.
    /// </summary>
    /// <exception cref="InvalidOperationException">The mock was not created with <see cref="ConnectAsync"/>.</exception>
    /// <exception cref="TimeoutException">The server did not end within <see cref="Patience"/>.</exception>
    public Task DropAsync()
    {
        _ = Gate;
        _link.Cut();
        return EndAsync(Closed);
    }

    /// <summary>
    /// Reconnects the client after <see cref="DropAsync"/>, or after the server has closed its connection. Completes when it is connected.
    /// If the server still holds the starling, no message is lost or doubled, and <see cref="Starling"/> is the same object.
    /// </summary>
    /// <param name="server">Another server with the same <c>ConnectionKey</c>, as after a restart. Default the server that the mock was
    /// connected to.</param>
    /// <exception cref="InvalidOperationException">The mock was not created with <see cref="ConnectAsync"/>, or it is
    /// connected.</exception>
    /// <exception cref="HeliosException">The server accepts no connection, or refuses this one: <c>CONNECTION_REJECTED</c>. The mock may
    /// try again, unless its starling was closed for good.</exception>
    /// <exception cref="TimeoutException">The client was not connected within <see cref="Patience"/>.</exception>
    public async Task ReconnectAsync(Helios? server = null)
    {
        var gate = Gate;
        if (!Closed.IsCompleted) throw new InvalidOperationException("The mock is connected. Call DropAsync first, or await Closed.");
        Server = server ?? Server;
        Begin();
        try
        {
            await gate.TryAsync().WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch
        {
            End(new MockClose(CloseInfo.Lost.Code, CloseInfo.Lost.Reason));
            throw;
        }
        FindStarling();
    }

    /// <summary>Closes the mock as <see cref="CloseAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    internal override HandlerRegistry<ClientRequestContext, ClientTopicContext> Registry => Client.Registry;

    MessageHandlers<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>
        IMessageListener<string, JsonElement, ReadOnlyMemory<byte>, HeliosException>.Messages =>
        Client.Messages;

    private ReconnectGate Gate => _gate
        ?? throw new InvalidOperationException("The client of this mock does not come back. Make the mock with MockStarling.ConnectAsync.");

    private void Configure(StarlingClientOptions options, Action<StarlingClientOptions>? configure)
    {
        (options.TimeProvider, options.Json) = (Server.Options.TimeProvider, Server.Options.Json);
        configure?.Invoke(options);
        (options.Resume, options.Reconnection, options.WebSocketFactory) = (true, _gate, OpenAsync);
    }

    private Task<WebSocket> OpenAsync(Uri address, IReadOnlyList<string> subprotocols, CancellationToken cancellationToken)
    {
        var token = UpgradeRules.TakeToken(string.Join(',', subprotocols)).Token;
        _link = new ServerLink(Server, new Arrival(_user, RecoveryRequest.Parse(address.Query.TrimStart('?'), token)));
        return Task.FromResult(MockWebSocket.Open(_link.Client));
    }

    private void FindStarling()
    {
        if (Client.StarlingId is { } id && Server.Starlings.TryGet(id, out var starling)) Starling = starling;
    }

    private async Task EndClientAsync(string? reason)
    {
        // A server that ends at this moment takes no goodbye: the client must not wait to come back for that.
        if (_gate is not null) _gate.ComesBack = false;
        if (Client.State == ConnectionState.Reconnecting) await Client.DisconnectAsync(reason).ConfigureAwait(false);
        else await Client.CloseAsync(reason).ConfigureAwait(false);
    }

    private async Task EndAsync(Task clientEnded)
    {
        try
        {
            await Task.WhenAll(clientEnded, _link.Ended).WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            _link.Cut();
            throw new TimeoutException($"The server was not done with starling {Id} within {Patience}. Does one of its handlers of starling:new, starling:disconnected or a message block?", exception);
        }
    }

    private void Collect(StarlingClient client, StarlingClientOptions options)
    {
        client.OnNotification("**", (topic, data) => _notifications.Add(new MockNotification(topic, data, options.Json)));
        client.OnText(_texts.Add);
        client.OnBinary(_binaries.Add);
        client.OnError(_errors.Add);
        client.Events.On("starling:connected", (ClientConnected _) => _gate?.OnConnected());
        client.Events.On("starling:closed", (ClientClosed closed) => _gate?.OnClosed(closed.Failure));
        client.Events.On("starling:disconnected", (ClientDisconnected ended) => End(new MockClose(ended.Code, ended.Reason)));
    }

    private void Begin()
    {
        _notifications.Reopen();
        _texts.Reopen();
        _binaries.Reopen();
        _errors.Reopen();
        _closed = NewClosed();
    }

    private void End(MockClose close)
    {
        _notifications.End();
        _texts.End();
        _binaries.End();
        _errors.End();
        _closed.TrySetResult(close);
    }

    private static TaskCompletionSource<MockClose> NewClosed() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

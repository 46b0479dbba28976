using System.Runtime.CompilerServices;
using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling.Testing;

/// <summary>A starling in memory: a real client connected to a real <see cref="Helios"/>, without sockets or ports.</summary>
/// <remarks>
/// Safe to use concurrently. It runs by the server's clock, so a test that gives the server a clock of its own controls both sides.
/// It comes in behind the upgrade: filters of <c>UseUpgrade</c> and the endpoint's authorization do not run, and the user is given here.
/// </remarks>
public sealed class MockStarling : IAsyncDisposable
{
    private readonly ServerLink _link;
    private readonly Inbox<MockNotification> _notifications = new("notification");
    private readonly Inbox<string> _texts = new("text");
    private readonly Inbox<ReadOnlyMemory<byte>> _binaries = new("binary message");
    private readonly Inbox<HeliosException> _errors = new("error message");
    private readonly TaskCompletionSource<MockClose> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connects to a server. When it returns, the server counts the starling among its own.</summary>
    /// <param name="server">The server under test.</param>
    /// <param name="user">Who connects. Default anonymous.</param>
    /// <param name="configure">Sets the client's options, which start with the server's clock and JSON. Default nothing.</param>
    /// <param name="setup">Registers methods, topics and handlers of the mock before the first message can come. Default nothing.</param>
    /// <exception cref="HeliosException">The server takes no connection: <c>CONNECTION_LIMIT</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public MockStarling(Helios server, ClaimsPrincipal? user = null, Action<StarlingClientOptions>? configure = null, Action<StarlingClient>? setup = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        var options = new StarlingClientOptions { TimeProvider = server.Options.TimeProvider, Json = server.Options.Json };
        configure?.Invoke(options);
        options.ThrowIfInvalid();
        Server = server;
        _link = new ServerLink(server, user);
        Client = StarlingClient.Attach(MockWebSocket.Open(_link.Client), options, client =>
        {
            Collect(client, options);
            setup?.Invoke(client);
        });
    }

    /// <summary>The server under test.</summary>
    public Helios Server { get; }

    /// <summary>This starling as the server knows it.</summary>
    public Starling Starling => _link.Starling;

    /// <summary>This starling's client, for all that has no shortcut here.</summary>
    public StarlingClient Client { get; }

    /// <summary>The starling's id.</summary>
    public string Id => Starling.Id;

    /// <summary>Whether the mock is connected.</summary>
    public bool IsConnected => Client.State == ConnectionState.Connected;

    /// <summary>How long the <c>Receive</c> methods and disposal wait, by the real clock. Default 10 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// All notifications so far that were tied to no request, in order, those taken with <see cref="ReceiveAsync"/> included.
    /// </summary>
    public IReadOnlyList<MockNotification> Notifications => _notifications.All;

    /// <summary>Completes when the connection has ended, and says how.</summary>
    public Task<MockClose> Closed => _closed.Task;

    /// <summary>Calls a method of the server and waits for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the server and ends the wait.</param>
    /// <exception cref="HeliosException">The answer is a failure, or none came.</exception>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    public async Task<Response<TData>> RequestAsync<TData>(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await Request<TData>(method, payload, options, cancellationToken).ConfigureAwait(false));

    /// <summary>Calls a method of the server, and lets the test listen to its progress and cancel it.</summary>
    /// <inheritdoc cref="StarlingClient.Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest<TData> Request<TData>(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Request<TData>(method, payload, options, cancellationToken);

    /// <inheritdoc cref="StarlingClient.Request(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.Request(method, payload, options, cancellationToken);

    /// <summary>Sends the server a notification.</summary>
    /// <inheritdoc cref="StarlingClient.NotifyAsync"/>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default) => Client.NotifyAsync(topic, data, cancellationToken);

    /// <inheritdoc cref="StarlingClient.SendTextAsync"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) => Client.SendTextAsync(text, cancellationToken);

    /// <inheritdoc cref="StarlingClient.SendBinaryAsync"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) => Client.SendBinaryAsync(data, cancellationToken);

    /// <inheritdoc cref="StarlingClient.On{T}(string, Func{T, ValueTask}, int)"/>
    [OverloadResolutionPriority(1)]
    public IDisposable On<T>(string pattern, Func<T, ValueTask> handler, int priority = 0) => Client.On(pattern, handler, priority);

    /// <inheritdoc cref="StarlingClient.On{T}(string, Func{T, ValueTask}, int)"/>
    public IDisposable On<T>(string pattern, Action<T> handler, int priority = 0) => Client.On(pattern, handler, priority);

    /// <inheritdoc cref="StarlingClient.Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    [OverloadResolutionPriority(2)]
    public MethodRegistration Method<T, TResult>(string name, Func<T, ClientRequestContext, ValueTask<TResult>> handler, MethodOptions? options = null) =>
        Client.Method(name, handler, options);

    /// <inheritdoc cref="StarlingClient.Method{T, TResult}(string, Func{T, ClientRequestContext, ValueTask{TResult}}, MethodOptions?)"/>
    public MethodRegistration Method<T, TResult>(string name, Func<T, ClientRequestContext, TResult> handler, MethodOptions? options = null) =>
        Client.Method(name, handler, options);

    /// <summary>Takes the oldest notification whose topic matches, or waits for it. Each is taken once.</summary>
    /// <param name="pattern">A topic; <c>*</c> stands for one segment, a final <c>**</c> for the rest. Default any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">None came within <see cref="Patience"/>; the message says what came instead.</exception>
    /// <exception cref="InvalidOperationException">The connection has ended, so none can come.</exception>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    public Task<MockNotification> ReceiveAsync(string pattern = "**", CancellationToken cancellationToken = default)
    {
        var parsed = TopicPattern.Parse(pattern);
        return _notifications.TakeAsync(notification => parsed.Matches(notification.Topic), Patience, cancellationToken);
    }

    /// <summary>Takes the oldest text message that is neither JSON nor a protocol message, or waits for it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <inheritdoc cref="ReceiveAsync" path="/exception[@cref='T:System.TimeoutException']|/exception[@cref='T:System.InvalidOperationException']"/>
    public Task<string> ReceiveTextAsync(CancellationToken cancellationToken = default) => _texts.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>Takes the oldest binary message, or waits for it.</summary>
    /// <inheritdoc cref="ReceiveTextAsync"/>
    public Task<ReadOnlyMemory<byte>> ReceiveBinaryAsync(CancellationToken cancellationToken = default) => _binaries.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>Takes the oldest error message about no particular request, or waits for it.</summary>
    /// <inheritdoc cref="ReceiveTextAsync"/>
    public Task<HeliosException> ReceiveErrorAsync(CancellationToken cancellationToken = default) => _errors.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>Sends what is queued, closes with 1000, and completes when both sides are done.</summary>
    /// <param name="reason">At most 123 bytes as UTF-8. Default none.</param>
    /// <exception cref="TimeoutException">The server was not done within <see cref="Patience"/>; the connection was cut.</exception>
    public Task CloseAsync(string? reason = null) => EndAsync(Client.CloseAsync(reason).AsTask());

    /// <summary>Cuts the connection without a close frame, as a lost network does, and completes when both sides have noticed.</summary>
    /// <exception cref="TimeoutException">The server was not done within <see cref="Patience"/>.</exception>
    public Task DisconnectAsync()
    {
        _link.Cut();
        return EndAsync(Closed);
    }

    /// <summary>Closes as <see cref="CloseAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(Client.DisposeAsync().AsTask()).ConfigureAwait(false);

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
        client.Events.On("starling:disconnected", (ClientDisconnected ended) =>
        {
            _notifications.End();
            _texts.End();
            _binaries.End();
            _errors.End();
            _closed.TrySetResult(new MockClose(ended.Code, ended.Reason));
        });
    }
}

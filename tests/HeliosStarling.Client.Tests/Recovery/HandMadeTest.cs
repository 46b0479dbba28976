namespace HeliosStarling.Recovery;

/// <summary>A client whose server does exactly what a test says, and whose clock the test moves.</summary>
public abstract class HandMadeTest : IAsyncDisposable
{
    private protected HandMadeServer Server { get; } = new();
    private protected WatchedTime Time { get; } = new(DateTimeOffset.UnixEpoch.AddMilliseconds(5000));
    private protected List<string> Happened { get; } = [];
    private protected List<int> Told { get; } = [];
    private protected List<ClientClosed> Closed { get; } = [];
    private readonly List<ClientReconnecting> _reconnecting = [];
    private StarlingClient? _client;

    private protected List<int> Attempts
    {
        get { lock (Happened) return [.. _reconnecting.Select(happened => happened.Attempt)]; }
    }

    private protected List<TimeSpan> Delays
    {
        get { lock (Happened) return [.. _reconnecting.Select(happened => happened.Delay)]; }
    }

    private protected List<ConnectionFailure?> Failures
    {
        get { lock (Happened) return [.. _reconnecting.Select(happened => happened.Failure)]; }
    }

    private protected StarlingClient Client => _client!;

    public async ValueTask DisposeAsync()
    {
        // Nobody answers its goodbye.
        var disposed = _client?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        while (!disposed.IsCompleted)
        {
            Time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(disposed, Task.Delay(5));
        }
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task StartAsync(Action<StarlingClient>? setup = null, Action<StarlingClientOptions>? configure = null)
    {
        await StarlingClient.ConnectAsync(Server.Url, options =>
        {
            options.TimeProvider = Time;
            options.KeepAliveInterval = TimeSpan.FromHours(1);
            configure?.Invoke(options);
        }, client =>
        {
            _client = client;
            client.On("n:n", (int number) => Told.Add(number));
            client.Events.On("starling:*", happened =>
            {
                lock (Happened)
                {
                    if (happened is ClientReconnecting again) _reconnecting.Add(again);
                    if (happened is ClientClosed end) Closed.Add(end);
                }
                lock (Happened) Happened.Add(happened switch
                {
                    ClientDisconnected lost => $"{lost.Name} {lost.Code}",
                    ClientRecovered back => $"{back.Name} {back.IsContinued} {back.Missed}",
                    _ => happened.Name,
                });
            });
            setup?.Invoke(client);
        });
    }

    private protected async Task<HandMadeConnection> ConnectAsync(
        Action<StarlingClient>? setup = null, Action<StarlingClientOptions>? configure = null)
    {
        var connecting = StartAsync(setup, configure);
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync();
        await connecting.InTime();
        return connection;
    }

    private protected async Task<HandMadeConnection> ReturnAsync(HandMadeConnection from)
    {
        // What it has sent is handled by then.
        await from.SendMessageAsync($"\"type\":\"ping\",\"messageId\":\"{HandMadeServer.Id}\"");
        while (!(await from.ReadAsync()).TryGetProperty("messageId", out var id) || id.GetString() != HandMadeServer.Id)
        {
        }
        from.Cut();
        return await AcceptNextAsync();
    }

    /// <summary>The client waits a while before it comes back: the clock goes on until it does.</summary>
    private protected Task<HandMadeConnection> AcceptNextAsync() => WhileTimePassesAsync(Server.AcceptAsync());

    /// <summary>The same, and the client is refused.</summary>
    /// <returns>The head of its request.</returns>
    private protected Task<string> RefuseNextAsync(string status, string body) =>
        WhileTimePassesAsync(Server.RefuseWithAsync(status, body));

    private async Task<T> WhileTimePassesAsync<T>(Task<T> waiting)
    {
        while (!waiting.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(waiting, Task.Delay(1));
        }
        return await waiting;
    }
}

namespace HeliosStarling.Recovery;

/// <summary>A client with a scripted server and a fake clock.</summary>
public abstract class ScriptedServerTest : IAsyncDisposable
{
    private protected ScriptedServer Server { get; } = new();
    private protected TimerTrackingTime Time { get; } = new(DateTimeOffset.UnixEpoch.AddMilliseconds(5000));
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
        // The server does not answer the goodbye.
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

    private protected async Task<ScriptedConnection> ConnectAsync(
        Action<StarlingClient>? setup = null, Action<StarlingClientOptions>? configure = null)
    {
        var connecting = StartAsync(setup, configure);
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync();
        await connecting.InTime();
        return connection;
    }

    private protected async Task<ScriptedConnection> ReturnAsync(ScriptedConnection from)
    {
        // By then the client has handled everything that was sent.
        await from.SendMessageAsync($"\"type\":\"ping\",\"messageId\":\"{ScriptedServer.Id}\"");
        while (!(await from.ReadAsync()).TryGetProperty("messageId", out var id) || id.GetString() != ScriptedServer.Id)
        {
        }
        from.Cut();
        return await AcceptNextAsync();
    }

    /// <summary>Advances the clock until the client has reconnected.</summary>
    private protected Task<ScriptedConnection> AcceptNextAsync() => WhileTimePassesAsync(Server.AcceptAsync());

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

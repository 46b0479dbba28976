using System.Collections.Concurrent;

namespace HeliosStarling.Examples;

/// <summary>The examples of "State Management", "State Recovery System" and "Connection Management", over restarts of the server.</summary>
public sealed class StateSampleTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _happened = new();
    private HeliosListener? _listener;
    private Helios? _server;
    private StarlingClient? _client;

    public sealed record GameState(int Level);

    public sealed record Save(GameState GameState);

    public sealed record Session(string Id, string Data);

    public sealed record Preferences(string Theme);

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        if (_listener is not null) await _listener.DisposeAsync();
    }

    [Fact]
    public async Task GameSave_CalledTwice_TheLastStateSurvivesRestarts()
    {
        await StartAsync(server => server.Method("game:save", async (Save save, RequestContext context) =>
        {
            var gameState = save.GameState;

            context.Starling.States.Register("game",
                async () => gameState,
                async state =>
                {
                    await RestoreGameStateAsync(state);
                    await context.Starling.NotifyAsync("game:restored", new { State = state });
                },
                new() { Required = true, Validate = ValidateGameState });

            var token = await context.Starling.States.GenerateTokenAsync(new() { ExpiresIn = TimeSpan.FromHours(24) });
            return new { token.Token };
        }));
        var restored = new ConcurrentQueue<int>();
        _client!.On(
            "game:restored",
            (System.Text.Json.JsonElement data) => restored.Enqueue(data.GetProperty("state").GetProperty("level").GetInt32()));

        await SaveAsync(1);
        await SaveAsync(2);
        await RestartAsync();
        await SaveAsync(3);
        await Eventually.TrueAsync(() => restored.SequenceEqual([2]));
        await RestartAsync();
        await SaveAsync(4);

        await Eventually.TrueAsync(() => restored.SequenceEqual([2, 3]));
        Assert.Equal(["game 2", "game 3"], _happened);
    }

    [Fact]
    public async Task GameSave_InvalidState_IsRefused()
    {
        await StartAsync(server => server.Method("game:save", async (Save save, RequestContext context) =>
        {
            context.Starling.States.Register(
                "game",
                async () => save.GameState,
                async state => await RestoreGameStateAsync(state),
                new() { Required = true, Validate = ValidateGameState });
            return new { (await context.Starling.States.GenerateTokenAsync()).Token };
        }));

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => _client!.Request<object>("game:save", new Save(new GameState(-1))).InTime());

        Assert.Equal("STATE_CORRUPTED", failure.Code);
    }

    [Fact]
    public async Task SessionInitialize_AfterARestart_SessionIsRestored_PreferencesToo()
    {
        await StartAsync(server => server.Method("session:initialize", async context =>
        {
            var starling = context.Starling;
            starling.States.Register("session",
                async () => new Session("s1", "data"),
                async state => Note($"session {state.Id} {state.Data}"),
                new() { Required = true });
            starling.States.Register("preferences",
                async () => new Preferences("dark"),
                async state => Note($"preferences {state.Theme}"),
                new() { Required = false, DefaultState = new Preferences("light") });

            var token = await starling.States.GenerateTokenAsync(new()
            {
                ExpiresIn = TimeSpan.FromHours(1),
                CustomClaims = new Dictionary<string, object> { ["sessionId"] = "s1", ["permissions"] = new[] { "read", "write" } },
            });
            await starling.States.NotifyStateAsync();
            context.Success(new { token.Token });
        }));

        await FreshTokenAsync(() => _client!.Request<object>("session:initialize").InTime());
        await RestartAsync();
        await FreshTokenAsync(() => _client!.Request<object>("session:initialize").InTime());

        await Eventually.TrueAsync(() => _happened.Order().SequenceEqual(["preferences dark", "session s1 data"]));
    }

    [Fact]
    public async Task CustomConnectionHandling_ProviderOfANewStarling_IsRestoredBeforeItsFirstMessage()
    {
        await StartAsync(server =>
        {
            server.Events.On("starling:new", happened =>
            {
                var starling = happened.Starling;
                starling.States.Register("custom",
                    async () => starling.Data.Get<string>("custom") ?? "nothing yet",
                    async state => starling.Data.Set("custom", state));
            });
            server.Method("custom:set", async (string text, RequestContext context) =>
            {
                context.Starling.Data.Set("custom", text);
                await context.Starling.States.NotifyStateAsync();
                return text;
            });
            server.Method("custom:get", (object? _, RequestContext context) => context.Starling.Data.Get<string>("custom"));
        });

        await FreshTokenAsync(() => _client!.Request<string>("custom:set", "mine").InTime());
        await RestartAsync();

        Assert.Equal("mine", await _client!.Request<string>("custom:get").InTime());
    }

    private static bool ValidateGameState(GameState state) => state.Level > 0;

    private async Task RestoreGameStateAsync(GameState state)
    {
        await Task.Yield();
        Note($"game {state.Level}");
    }

    private void Note(string text) => _happened.Enqueue(text);

    private Action<Helios> _register = _ => { };

    private async Task StartAsync(Action<Helios> register)
    {
        _register = register;
        await StartServerAsync(0);
        var url = new UriBuilder(_listener!.Addresses[0]) { Scheme = "ws" }.Uri;
        _client = await StarlingClient.ConnectAsync(url, options => options.MaxReconnectDelay = TimeSpan.FromMilliseconds(200)).InTime();
    }

    private async Task StartServerAsync(int port)
    {
        _server = Helios.Create(options => options.ConnectionKey = "a key that outlives the server, for tests alone");
        _register(_server);
        _listener = await _server.StartAsync($"http://127.0.0.1:{port}").InTime();
    }

    private async Task RestartAsync()
    {
        var (port, id) = (_listener!.Addresses[0].Port, _client!.StarlingId);
        await _listener.DisposeAsync();
        await StartServerAsync(port);
        await Eventually.TrueAsync(
            () => _client.State == ConnectionState.Connected && _server!.Starlings.GetById(id!) is { IsConnected: true });
    }

    /// <summary>Saves, and waits until the client has the token of the call.</summary>
    private async Task SaveAsync(int level) => await FreshTokenAsync(async () =>
    {
        await _client!.Request<object>("game:save", new Save(new GameState(level))).InTime();
        await _server!.Starlings.GetById(_client.StarlingId!)!.States.NotifyStateAsync();
    });

    private async Task FreshTokenAsync(Func<Task> call)
    {
        var before = _client!.Token;
        await call();
        await Eventually.TrueAsync(() => _client.Token != before);
    }
}

using System.Security.Claims;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, "Recovery": which starling a client gets.</summary>
public class AdmissionTests : RecoveryTest
{
    private readonly SlowStore _store = new();

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.StateStore = _store;
        options.StateTokenTtl = TimeSpan.FromHours(2);
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.States.Register("level", starling => ValueTask.FromResult(starling.Data.Get<int>("level")), (starling, level) =>
        {
            starling.Data.Set("level", level);
            return default;
        });
        helios.UseUpgrade(async (context, next) =>
        {
            if (context.Headers.TryGetValue("X-User", out var user))
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "test"));
            await next();
        });
    }

    [Fact]
    public async Task TokenIsStillBeingChecked_FramesBehindTheUpgrade_AreAllHandledInOrder()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        _store.Hold();

        var connecting = Server.ConnectAsync(
            new UpgradeRequest($"/helios?recover={client.Token}"),
            [.. Enumerable.Range(0, 50).Select(i => ClientFrame.Text($"early {i}"))]);
        await using var back = await connecting;
        await back.SendAsync([.. Enumerable.Range(50, 50).Select(i => ClientFrame.Text($"early {i}"))]);
        Assert.Empty(TakenSoFar());
        _store.Release();
        await back.ReadTextAsync();

        await TakenAsync(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"early {i}"), TakenSoFar());
    }

    [Fact]
    public async Task Expired_TokenStillGood_MadeAgainUnderItsIdWithItsStates()
    {
        var events = new List<string>();
        await using var client = await ResumeClient.ConnectAsync(Server);
        StarlingOf(client).Data.Set("level", 7);
        await StarlingOf(client).States.NotifyStateAsync();
        var told = await client.ReadAsync();
        var token = told.GetProperty("notification").GetProperty("data").GetProperty("token").GetString();
        var gone = new TaskCompletionSource();
        Helios.Events.On("starling:gone", _ => gone.TrySetResult());
        await client.CutAsync(Server);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        await gone.Task.InTime();
        Assert.Equal(0, Helios.Starlings.TotalCount);
        Helios.Events.On("**", happened =>
        {
            lock (events) events.Add(happened.Name);
        });
        Helios.OnConnection(starling =>
        {
            lock (events) events.Add($"OnConnection {starling.Data.Get<int>("level")}");
        });

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={token}&resume=1&epoch={client.Epoch}&received=1");

        Assert.Equal((client.Id, "connection:recovered", false), (back.Id, back.Topic, back.Data.GetProperty("resumed").GetBoolean()));
        Assert.Equal(7, StarlingOf(back).Data.Get<int>("level"));
        await Eventually.TrueAsync(() => { lock (events) return events.Count == 5; });
        Assert.Equal(["starling:new", "OnConnection 0", "state:restored", "starling:connected", "starling:recovered"], events);
    }

    [Theory]
    [InlineData("resume=1")]
    [InlineData("")]
    public async Task BadToken_OrdinaryNewStarling_AndAnErrorMessage(string query)
    {
        await using var wire = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover=nonsense&{query}"));

        if (query.Length > 0) Assert.Contains("connection:established", await wire.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal(Server.Envelope("\"type\":\"error\",\"error\":{\"severity\":\"application\",\"code\":\"STATE_TOKEN_INVALID\",\"message\":\"The recovery token is not valid.\"}"), await wire.ReadTextAsync());
        await wire.ExpectAliveAsync();
    }

    [Fact]
    public async Task BadToken_Strict_IsClosed4001()
    {
        await using var wire = await Server.ConnectAsync(new UpgradeRequest("/helios?recover=nonsense&strict=1"));

        await wire.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");
        Assert.Equal(0, Helios.Starlings.TotalCount);
    }

    [Fact]
    public async Task ExpiredToken_SaysWhen()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        var expires = Server.Time.GetUtcNow().AddHours(2).ToUnixTimeSeconds() * 1000;
        Server.Time.Advance(TimeSpan.FromHours(3));

        await using var wire = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}"));

        Assert.Contains($$"""
            "code":"STATE_TOKEN_EXPIRED","message":"The recovery token has expired.","details":{"expiredAt":{{expires}}}
            """, await wire.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequiredStateCannotBeRestored_IsRefused()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        Helios.States.Register("game", _ => ValueTask.FromResult(1), (_, _) => default, new StateOptions<int> { Required = true });

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.NotEqual(client.Id, back.Id);
        Assert.Equal("error STATE_NOT_FOUND", await back.NextAsync());
        Assert.Equal(1, Helios.Starlings.TotalCount);
    }

    [Theory]
    [InlineData("ada", "bob")]
    [InlineData("ada", null)]
    [InlineData(null, "ada")]
    public async Task TokenOfAnotherUser_NeverRecovers(string? owner, string? thief)
    {
        await using var client = await ConnectAsAsync(owner, "resume=1");
        var token = System.Text.Json.JsonElement
            .Parse(await client.ReadTextAsync())
            .GetProperty("notification")
            .GetProperty("data")
            .GetProperty("token")
            .GetString();

        await using var other = await ConnectAsAsync(thief, $"recover={token}&strict=1");
        await other.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");

        await using var own = await ConnectAsAsync(owner, $"recover={token}&strict=1");
        Assert.Contains("connection:recovered", await own.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClosedForGood_CannotBeRecovered_WhileAnyTokenLives()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await StarlingOf(client).CloseAsync(4002, "bye");
        await client.Wire.ExpectCloseAsync(4002, "bye");

        await using var early = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}&strict=1"));
        await early.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");

        await client.DisposeAsync();
        Server.Time.Advance(TimeSpan.FromMinutes(110));
        await using var late = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}&strict=1"));
        await late.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");
    }

    [Fact]
    public async Task ClosedForGood_WhileAway_IsGoneAtOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);

        await StarlingOf(client).CloseAsync();

        Assert.Equal(0, Helios.Starlings.TotalCount);
        await using var back = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}&resume=1"));
        await back.ExpectCloseAsync(4002, "closed for good");
    }

    [Fact]
    public async Task StateToken_ComesBeforeHalfOfItsTimeIsOver_AndNoneWhileAway()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.ExpectNothingAsync();

        Server.Time.Advance(TimeSpan.FromMinutes(55));

        var fresh = await client.ReadAsync();
        Assert.Equal("state:token", fresh.GetProperty("notification").GetProperty("topic").GetString());
        Assert.Equal(7_200, fresh.GetProperty("notification").GetProperty("data").GetProperty("expiresIn").GetInt32());
        await client.AckAsync("1");
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);
        Assert.Equal(SendResult.Closed, await StarlingOf(client).States.NotifyStateAsync());
        Assert.Equal(0, StarlingOf(client).Session.Outbox.Count);
    }

    [Fact]
    public async Task RecoveriesRaceForAStarlingThatIsNotHeld_ItIsMadeOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        var made = 0;
        Helios.Events.On("starling:new", async _ =>
        {
            Interlocked.Increment(ref made);
            await Task.Yield();
        });

        var clients = await Task.WhenAll(Enumerable.Range(0, 30)
            .Select(_ => Task.Run(() => Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}&resume=1")))));

        await Eventually.TrueAsync(() => Helios.Starlings is { TotalCount: 1, ConnectedCount: 1 });
        Assert.Equal(1, made);
        foreach (var each in clients) await each.DisposeAsync();
    }

    [Fact]
    public async Task Token_OfferedAsSubprotocol_Recovers()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);

        await using var back = await Server.ConnectAsync(
            UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", $"helios-starling, helios.recover.{client.Token}"));

        Assert.Equal("helios-starling", back.Upgrade.Headers["Sec-WebSocket-Protocol"]);
        Assert.Contains(client.Id, await back.ReadTextAsync(), StringComparison.Ordinal);
    }

    private Task<WireClient> ConnectAsAsync(string? user, string query)
    {
        var request = new UpgradeRequest($"/helios?{query}");
        return Server.ConnectAsync(user is null ? request : request.With("X-User", user));
    }

    private sealed class SlowStore : IStateStore
    {
        private readonly Dictionary<string, byte[]> _values = [];
        private TaskCompletionSource? _gate;

        public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _gate!.SetResult();

        public ValueTask SetAsync(
            string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default)
        {
            lock (_values) _values[key] = value.ToArray();
            return default;
        }

        public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default)
        {
            if (_gate is not null) await _gate.Task;
            lock (_values) return _values.TryGetValue(key, out var value) ? value : default(ReadOnlyMemory<byte>?);
        }

        public ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => default;
    }
}

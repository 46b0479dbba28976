using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Saved;

public sealed class StatesTests : IAsyncDisposable
{
    private readonly Helios _helios = Helios.Create(options => options.StateGenerationConcurrency = 2);
    private readonly MockStarling _mock;

    public StatesTests() => _mock = new MockStarling(_helios);

    private States States => _mock.Starling.States;

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _helios.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("a:*")]
    [InlineData("connection")]
    [InlineData("info")]
    public void Register_NameThatIsMalformedOrOurs_Throws(string name)
    {
        Assert.Throws<HeliosException>(() => States.Register(name, () => ValueTask.FromResult(1), _ => default));
        Assert.Throws<ArgumentException>(() => _helios.States.Register(name, _ => ValueTask.FromResult(1), (_, _) => default));
    }

    [Fact]
    public async Task Register_SameNameOnAStarling_Replaces()
    {
        States.Register("game", () => ValueTask.FromResult(1), _ => default);
        States.Register("game", () => ValueTask.FromResult(2), _ => default);

        Assert.Equal(2, (await States.SaveAsync(default))["game"].GetInt32());
    }

    [Fact]
    public void Register_SameNameForAll_Throws()
    {
        using var first = _helios.States.Register("game", _ => ValueTask.FromResult(1), (_, _) => default);

        Assert.Contains("'game'", Assert.Throws<ArgumentException>(
            () => _helios.States.Register("game", _ => ValueTask.FromResult(1), (_, _) => default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_OnAStarling_StandsInForTheSharedOne()
    {
        _helios.States.Register("game", _ => ValueTask.FromResult("shared"), (_, _) => default);
        Assert.Equal("shared", (await States.SaveAsync(default))["game"].GetString());

        using (States.Register("game", () => ValueTask.FromResult("own"), _ => default))
            Assert.Equal("own", (await States.SaveAsync(default))["game"].GetString());

        Assert.Equal("shared", (await States.SaveAsync(default))["game"].GetString());
    }

    [Fact]
    public async Task Save_CoreNamespaces_AreThere()
    {
        var states = await States.SaveAsync(default);

        Assert.Equal(["connection", "info"], states.Keys);
        Assert.Equal(_mock.Starling.CreatedAt.ToUnixTimeMilliseconds(), states["info"].GetProperty("createdAt").GetInt64());
        Assert.True(states["connection"].GetProperty("lastConnected").GetInt64() > 0);
    }

    [Fact]
    public async Task Restore_NamespaceOfNobody_IsParkedTravelsOnAndIsRestoredWhenRegistered()
    {
        var restored = new TaskCompletionSource<int>();
        var events = new List<string>();
        _helios.Events.On("state:*", happened => events.Add(happened.Name));
        Assert.Null(await States.RestoreAsync(new Dictionary<string, JsonElement> { ["game"] = JsonElement.Parse("7") }, default));
        Assert.Equal(7, (await States.SaveAsync(default))["game"].GetInt32());

        States.Register("game", () => ValueTask.FromResult(8), state =>
        {
            restored.SetResult(state);
            return default;
        });

        Assert.Equal(7, await restored.Task.InTime());
        Assert.Equal(8, (await States.SaveAsync(default))["game"].GetInt32());
        await Eventually.TrueAsync(() => events.SequenceEqual(["state:registered", "state:restored"]));
    }

    [Fact]
    public async Task GenerateToken_Concurrently_SnapshotsOfOneStarlingDoNotMix()
    {
        var (running, most) = (0, 0);
        foreach (var name in new[] { "a", "b", "c" })
        {
            States.Register(name, async () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return 1;
            }, _ => default);
        }

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await States.GenerateTokenAsync()))).InTime();

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task GenerateToken_ManyStarlings_NoMoreAtATimeThanAllowed()
    {
        var (running, most) = (0, 0);
        var gate = new TaskCompletionSource();
        _helios.States.Register("slow", async _ =>
        {
            lock (gate) most = Math.Max(most, ++running);
            await gate.Task;
            lock (gate) running--;
            return 1;
        }, (_, _) => default);
        var mocks = Enumerable.Range(0, 10).Select(_ => new MockStarling(_helios)).ToList();

        var tokens = Task.WhenAll(mocks.Select(mock => mock.Starling.States.GenerateTokenAsync().AsTask()));
        await Eventually.TrueAsync(() => Volatile.Read(ref running) == 2);
        gate.SetResult();

        await tokens.InTime();
        Assert.Equal(2, most);
        foreach (var mock in mocks) await mock.DisposeAsync();
    }

    [Fact]
    public async Task StarlingState_AskedAsThePublicClientAsks_AlwaysGetsItsAnswer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _mock.RequestAsync<JsonElement>("starling:state", null)))
            .InTime();

        Assert.All(answers, answer =>
        {
            Assert.Equal(["token", "expiresIn", "state"], answer.Data.EnumerateObject().Select(field => field.Name));
            Assert.Equal(
                (3600, true),
                (answer.Data.GetProperty("expiresIn").GetInt32(), answer.Data.GetProperty("state").GetProperty("connected").GetBoolean()));
        });
    }

    [Fact]
    public async Task GetToken_Asked_AnswersTokenAndItsTime()
    {
        var answer = await _mock.RequestAsync<JsonElement>("starling:getToken").InTime();

        Assert.Equal(["token", "expiresIn"], answer.Data.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public void RecoveryToken_AsText_DoesNotShowTheToken()
    {
        Assert.DoesNotContain("secret", new RecoveryToken("secret", TimeSpan.FromHours(1)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new StarlingRecovered(_mock.Starling, "secret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", ((ConnectionKey)"0123456789abcdef0123456789abcdef").ToString(), StringComparison.Ordinal);
    }
}

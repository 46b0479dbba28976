using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Tokens;

/// <summary>The number of ids closed for good that are kept, and the tokens of ids that were dropped.</summary>
public class ClosedIdsTests
{
    private const int Most = 10;

    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly InMemoryStateStore _store;
    private readonly TokenHarness _harness = new();

    public ClosedIdsTests() => _store = new InMemoryStateStore(_time, maxClosed: Most);

    [Fact]
    public void Ids_AreBounded()
    {
        for (var i = 0; i < 100 * Most; i++)
        {
            _store.Close($"{i}", s_day, i % 2 == 0 ? Closing.ByApplication : Closing.ByGoodbye);
            Assert.InRange(_store.ClosedCount, 1, Most);
        }
    }

    [Fact]
    public void Goodbyes_AreForgottenFirst_TheOldestFirst()
    {
        for (var i = 0; i < 3; i++) _store.Close($"application {i}", s_day, Closing.ByApplication);
        for (var i = 0; i < 10; i++) Assert.False(_store.Close($"goodbye {i}", s_day, Closing.ByGoodbye));

        for (var i = 0; i < 3; i++) Assert.True(_store.IsClosed($"application {i}"));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], Enumerable.Range(0, 10).Where(i => _store.IsClosed($"goodbye {i}")));
        Assert.Null(_store.GoodSince);
    }

    [Fact]
    public void IdOfTheApplication_ThatSaysGoodbyeToo_StaysTheApplications()
    {
        _store.Close("both", s_day, Closing.ByApplication);
        _store.Close("both", TimeSpan.FromHours(1), Closing.ByGoodbye);

        for (var i = 0; i < 10 * Most; i++) _store.Close($"goodbye {i}", s_day, Closing.ByGoodbye);
        _time.Advance(TimeSpan.FromHours(2));

        Assert.True(_store.IsClosed("both"));
    }

    [Fact]
    public void Ids_WhoseTokensHaveExpired_MakeRoom()
    {
        for (var i = 0; i < Most; i++) _store.Close($"early {i}", TimeSpan.FromHours(1), Closing.ByApplication);
        _time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < Most; i++) Assert.False(_store.Close($"late {i}", s_day, Closing.ByApplication));

        Assert.Equal(Most, _store.ClosedCount);
        Assert.False(_store.IsClosed("early 0"));
    }

    [Fact]
    public async Task Token_OfAnIdThatTheApplicationClosed_IsNeverGoodAgain()
    {
        var store = new InMemoryStateStore(_harness.Time, maxClosed: Most);
        var tokens = _harness.Create(store: store);
        var token = await IssueAsync(tokens, TokenHarness.Id);
        await tokens.RevokeAsync(TokenHarness.Id, s_day);

        for (var i = 0; i < 10 * Most; i++) await tokens.RevokeAsync($"{i}", s_day);

        Assert.False(store.IsClosed(TokenHarness.Id));
        Assert.Equal("STATE_TOKEN_EXPIRED", (await tokens.ReadAsync(token, null, default)).Refusal?.Code);
    }

    [Fact]
    public async Task Token_ThatIsNewerThanAllThatWasForgotten_IsGood()
    {
        var tokens = _harness.Create(store: new InMemoryStateStore(_harness.Time, maxClosed: Most));
        for (var i = 0; i < 10 * Most; i++) await tokens.RevokeAsync($"{i}", s_day);
        _harness.Time.Advance(TimeSpan.FromSeconds(1));

        var reading = await tokens.ReadAsync(await IssueAsync(tokens, TokenHarness.Id), null, default);

        Assert.Null(reading.Refusal);
    }

    [Fact]
    public async Task Token_OfAStarlingThatIsStillThere_IsGood()
    {
        await using var helios = Helios.Create(options =>
        {
            (options.ConnectionKey, options.TimeProvider) = (TokenHarness.Key, _harness.Time);
            options.StateStore = new InMemoryStateStore(_harness.Time, maxClosed: Most);
        });
        var starling = new Starling(helios.Node, null);
        helios.Starlings.TryAdd(starling);
        var (held, gone) = (await IssueAsync(helios.Node.Tokens, starling.Id), await IssueAsync(helios.Node.Tokens, "somebody"));

        for (var i = 0; i < 10 * Most; i++) await helios.Node.Tokens.RevokeAsync($"{i}", s_day);

        Assert.Null((await helios.Node.Tokens.ReadAsync(held, null, default)).Refusal);
        Assert.Equal("STATE_TOKEN_EXPIRED", (await helios.Node.Tokens.ReadAsync(gone, null, default)).Refusal?.Code);
    }

    private static async Task<string> IssueAsync(RecoveryTokens tokens, string id) =>
        (await tokens.IssueAsync(id, null, TokenHarness.States(), null, default, null, default)).Token;
}

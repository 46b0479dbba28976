using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Tokens;

public class InMemoryStateStoreTests
{
    private const int Kib = 1024;
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryStateStore _store;

    public InMemoryStateStoreTests() => _store = new InMemoryStateStore(_time, 1024 * Kib);

    [Fact]
    public async Task State_Kept_IsThereUntilItsTimeIsOver()
    {
        _store.SetState("a", [1, 2], s_hour, "ada");
        _time.Advance(s_hour - TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2], (await _store.GetAsync("a"))!.Value.ToArray());

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await _store.GetAsync("a"));
        Assert.Equal((0, 0), (_store.Count, _store.Bytes));
    }

    [Fact]
    public async Task States_OfOneOwner_BeyondTheBound_AreRefused_AndNothingKeptIsLost()
    {
        var fault = Assert.Throws<HeliosException>(() => Fill("eve", 100));

        Assert.Equal("RATE_QUOTA_EXCEEDED", fault.Code);
        Assert.Contains("MaxStateStoreBytes", fault.Message, StringComparison.Ordinal);
        Assert.InRange(_store.Bytes, 900 * Kib, 1024 * Kib);
        Assert.NotNull(await _store.GetAsync("eve 0"));
    }

    [Fact]
    public async Task Full_OneWhoHasLess_TakesTheRoomOfTheOldestOfWhoHasMost()
    {
        _store.SetState("bob", new byte[50 * Kib], s_hour, "bob");
        Assert.Throws<HeliosException>(() => Fill("eve", 100));

        _store.SetState("ada", new byte[150 * Kib], s_hour, "ada");

        Assert.NotNull(await _store.GetAsync("ada"));
        Assert.NotNull(await _store.GetAsync("bob"));
        Assert.Null(await _store.GetAsync("eve 0"));
        Assert.NotNull(await _store.GetAsync("eve 8"));
        Assert.InRange(_store.Bytes, 800 * Kib, 1024 * Kib);
    }

    [Fact]
    public async Task Full_OneWhoWouldHaveMost_IsRefused_AndNobodyLosesAnything()
    {
        _store.SetState("bob", new byte[400 * Kib], s_hour, "bob");
        _store.SetState("ada", new byte[400 * Kib], s_hour, "ada");

        Assert.Throws<HeliosException>(() => _store.SetState("eve", new byte[500 * Kib], s_hour, "eve"));

        Assert.NotNull(await _store.GetAsync("bob"));
        Assert.NotNull(await _store.GetAsync("ada"));
    }

    [Fact]
    public async Task States_OfManyGreedyOwners_NobodyWhoHasLessPays_AndTheBoundHolds()
    {
        _store.SetState("ada", new byte[16 * Kib], s_hour, "ada");
        for (var i = 0; i < 20; i++) Assert.Throws<HeliosException>(() => Fill($"eve{i}", 1));

        _store.SetState("bob", new byte[16 * Kib], s_hour, "bob");

        Assert.NotNull(await _store.GetAsync("ada"));
        Assert.InRange(_store.Bytes, 900 * Kib, 1024 * Kib);
    }

    [Fact]
    public async Task State_ReplacedByOneThatDoesNotGrow_IsKept_HoweverFullTheStoreIs()
    {
        Assert.Throws<HeliosException>(() => Fill("eve", 100));
        var before = _store.Bytes;

        _store.SetState("eve 0", Encoding.ASCII.GetBytes(new string('n', 100 * Kib)), s_hour, "eve");

        Assert.Equal((byte)'n', (await _store.GetAsync("eve 0"))!.Value.Span[0]);
        Assert.Equal(before, _store.Bytes);
    }

    [Fact]
    public async Task State_ThatFindsNoRoom_LeavesTheEarlierOne()
    {
        _store.SetState("a", [1], s_hour, "ada");

        Assert.Throws<HeliosException>(() => _store.SetState("a", new byte[2048 * Kib], s_hour, "ada"));

        Assert.Equal([1], (await _store.GetAsync("a"))!.Value.ToArray());
    }

    [Fact]
    public async Task State_Removed_GivesItsRoomBack_AndLeavesNoKeyBehind()
    {
        Assert.Throws<HeliosException>(() => Fill("eve", 100));
        for (var i = 0; i < 10; i++) await _store.RemoveAsync($"eve {i}");

        Assert.Equal((0, 0), (_store.Count, _store.Bytes));
        Assert.Throws<HeliosException>(() => Fill("eve", 100));
    }

    [Fact]
    public async Task State_OfAnotherOwnerThanBefore_CountsForTheNewOne()
    {
        _store.SetState("a", new byte[100 * Kib], s_hour, "ada");
        _store.SetState("a", new byte[100 * Kib], s_hour, "bob");
        await _store.RemoveAsync("a");

        Assert.Equal(0, _store.Bytes);
    }

    [Fact]
    public async Task ClosedIds_AreKeptApart_UntilTheirTimeIsOver_HoweverFullTheStoreIs()
    {
        for (var i = 0; i < 20; i++) Assert.Throws<HeliosException>(() => Fill($"eve{i}", 1));
        var before = _store.Bytes;

        for (var i = 0; i < 10_000; i++) await _store.SetAsync($"closed:{i}", new byte[1], s_hour);

        Assert.Equal(before, _store.Bytes);
        Assert.NotNull(await _store.GetAsync("closed:0"));
        _time.Advance(s_hour);
        Assert.Null(await _store.GetAsync("closed:0"));
        Assert.Equal(0, _store.Count);
    }

    private void Fill(string owner, int kib)
    {
        for (var i = 0; i < 5000; i++) _store.SetState($"{owner} {i}", new byte[kib * Kib], s_hour, owner);
    }
}

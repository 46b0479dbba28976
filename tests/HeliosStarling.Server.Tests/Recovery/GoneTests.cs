using HeliosStarling.Testing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary><c>starling:gone</c>: every way in which a server forgets a starling for good.</summary>
public sealed class GoneTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Helios _helios;
    private readonly List<string> _told = [];

    public GoneTests()
    {
        _helios = Helios.Create(options => options.TimeProvider = _time);
        _helios.Events.On("starling:*", happened =>
        {
            lock (_told) _told.Add(happened.Name["starling:".Length..]);
        });
    }

    private List<string> Told
    {
        get { lock (_told) return [.. _told]; }
    }

    public ValueTask DisposeAsync() => _helios.DisposeAsync();

    [Fact]
    public async Task TimeAway_IsOver_IsToldOnce()
    {
        await using var mock = await MockStarling.ConnectAsync(_helios);
        await mock.DropAsync();
        await Eventually.TrueAsync(() => Told.Count == 3);
        Assert.Equal(["new", "connected", "disconnected"], Told);

        _time.Advance(TimeSpan.FromMinutes(6));

        await IsGoneAsync("new", "connected", "disconnected", "gone");
    }

    [Fact]
    public async Task Goodbye_IsToldBehindTheDisconnection()
    {
        await (await MockStarling.ConnectAsync(_helios)).CloseAsync();

        await IsGoneAsync("new", "connected", "disconnected", "gone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Application_ClosesForGood_IsTold(bool isAway)
    {
        await using var mock = await MockStarling.ConnectAsync(_helios);
        if (isAway) await mock.DropAsync();

        await mock.Starling.CloseAsync();

        await IsGoneAsync("new", "connected", "disconnected", "gone");
    }

    [Fact]
    public async Task Recovered_IsNotTold()
    {
        await using var mock = await MockStarling.ConnectAsync(_helios);
        await mock.DropAsync();
        await mock.ReconnectAsync();
        _time.Advance(TimeSpan.FromMinutes(6));

        await mock.Client.Request<object?>("system:ping").InTime();
        Assert.DoesNotContain("gone", Told);
    }

    [Fact]
    public async Task Server_Stops_IsNotTold()
    {
        await using var mock = await MockStarling.ConnectAsync(_helios);
        await mock.DropAsync();
        await Eventually.TrueAsync(() => Told.Count == 3);

        await _helios.DisposeAsync();

        Assert.Equal(["new", "connected", "disconnected"], Told);
    }

    [Fact]
    public async Task Handler_Hangs_IsCountedInMemory()
    {
        var never = new TaskCompletionSource();
        _helios.Events.On("starling:gone", async (StarlingGone _) => await never.Task);
        var before = _helios.Engine.Buffers.Rented;
        for (var count = 0; count < 20; count++) await (await MockStarling.ConnectAsync(_helios)).CloseAsync();
        await Eventually.TrueAsync(() => Told.Count(name => name == "gone") == 20);

        // About the first sixteen are free: announcements that have just ended count, too.
        await Eventually.TrueAsync(() => _helios.Engine.Buffers.Rented >= before + (4 * Starling.AnnouncementBytes));
        never.SetResult();
        await Eventually.TrueAsync(() => _helios.Engine.Buffers.Rented == before);
    }

    private async Task IsGoneAsync(params string[] told)
    {
        await Eventually.TrueAsync(() => Told.Count == told.Length);
        Assert.Equal(told, Told);
        Assert.Equal(0, _helios.Starlings.TotalCount);
    }
}

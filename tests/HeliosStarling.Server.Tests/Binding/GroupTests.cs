using HeliosStarling.Testing;
using HeliosStarling.Wire;

namespace HeliosStarling.Binding;

public sealed class GroupTests : IAsyncLifetime
{
    private readonly Helios _server = Helios.Create();
    private readonly List<MockStarling> _mocks = [];

    public ValueTask InitializeAsync()
    {
        for (var i = 0; i < 10; i++) _mocks.Add(new MockStarling(_server));
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var mock in _mocks) await mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task BroadcastAsync_SomeJoined_OnlyTheyGetIt()
    {
        foreach (var mock in _mocks.Take(3)) Assert.True(await mock.Starling.JoinAsync("room"));

        Assert.Equal(3, (await _server.Starlings.Group("room").BroadcastAsync("room:said", "hi")).LocalReceivers);
        await _server.Starlings.BroadcastAsync("the:end", 1);

        foreach (var mock in _mocks) await mock.ReceiveAsync("the:end");
        Assert.Equal([2, 2, 2, 1, 1, 1, 1, 1, 1, 1], _mocks.Select(mock => mock.Notifications.Count));
    }

    [Fact]
    public async Task BroadcastAsync_Filter_IsAskedForMembersAlone()
    {
        foreach (var mock in _mocks.Take(3)) await mock.Starling.JoinAsync("room");
        var asked = new List<string>();

        await _server.Starlings.Group("room").BroadcastAsync("room:said", "hi", starling =>
        {
            asked.Add(starling.Id);
            return true;
        });

        Assert.Equal(_mocks.Take(3).Select(mock => mock.Id).Order(), asked.Order());
    }

    [Fact]
    public async Task BroadcastAsync_NobodyInIt_ReachesNobody()
    {
        Assert.Equal(0, (await _server.Starlings.Group("empty").BroadcastAsync("room:said", "hi")).LocalReceivers);
    }

    [Fact]
    public async Task Leave_Member_IsOutAndTheOthersStay()
    {
        foreach (var mock in _mocks.Take(3)) await mock.Starling.JoinAsync("room");

        Assert.True(await _mocks[1].Starling.LeaveAsync("room"));

        Assert.Equal(
            new[] { _mocks[0].Id, _mocks[2].Id }.Order(), _server.Starlings.Group("room").Members.Select(starling => starling.Id).Order());
        Assert.Empty(_mocks[1].Starling.Groups);
    }

    [Fact]
    public async Task Leave_NoMember_IsFalse() => Assert.False(await _mocks[0].Starling.LeaveAsync("room"));

    [Fact]
    public async Task Join_Twice_IsFalseAndCountsOnce()
    {
        await _mocks[0].Starling.JoinAsync("room");

        Assert.False(await _mocks[0].Starling.JoinAsync("room"));

        Assert.Equal(1, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public async Task JoinAndLeave_CancelledBefore_ChangeNothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await _mocks[0].Starling.JoinAsync("room");

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await _mocks[0].Starling.LeaveAsync("room", cancelled));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await _mocks[0].Starling.JoinAsync("other", cancelled));

        Assert.Equal(["room"], _mocks[0].Starling.Groups);
    }

    [Fact]
    public async Task Groups_SeveralJoined_AreListed()
    {
        await _mocks[0].Starling.JoinAsync("a");
        await _mocks[0].Starling.JoinAsync("b");

        Assert.Equal(["a", "b"], _mocks[0].Starling.Groups.Order());
    }

    [Fact]
    public async Task Join_GoneForGood_IsFalse()
    {
        await _mocks[0].Starling.CloseAsync();
        await _mocks[0].Closed.InTime();
        await Eventually.TrueAsync(() => _server.Starlings.GetById(_mocks[0].Id) is null);

        Assert.False(await _mocks[0].Starling.JoinAsync("room"));
        Assert.Equal(0, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public async Task Group_MemberGoneForGood_IsOut()
    {
        await _mocks[0].Starling.JoinAsync("room");

        await _mocks[0].Starling.CloseAsync();

        await Eventually.TrueAsync(() => _server.Starlings.Group("room").Count == 0);
    }

    [Fact]
    public async Task Group_MemberDisconnected_IsStillInIt()
    {
        await _mocks[0].Starling.JoinAsync("room");

        await _mocks[0].CloseAsync();

        Assert.Equal(1, _server.Starlings.Group("room").Count);
        Assert.Equal(0, (await _server.Starlings.Group("room").BroadcastAsync("room:said", "hi")).LocalReceivers);
    }

    [Fact]
    public async Task Leave_OfEachOtherInDisconnectionHandlers_BothEnd()
    {
        var (one, other) = (_mocks[0], _mocks[1]);
        using var barrier = new Barrier(2);
        using var left = new SemaphoreSlim(0);
        _server.OnDisconnection(async (starling, _) =>
        {
            Assert.True(barrier.SignalAndWait(Bound.Time));
            await (starling == one.Starling ? other : one).Starling.LeaveAsync("room");
            left.Release();
        });
        foreach (var mock in (MockStarling[])[one, other]) await mock.Starling.JoinAsync("room");

        await Task.WhenAll(Task.Run(() => one.CloseAsync()), Task.Run(() => other.CloseAsync())).InTime();

        for (var i = 0; i < 2; i++) Assert.True(await left.WaitAsync(Bound.Time));
        Assert.Equal(0, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public async Task JoinAndLeave_ManyAtOnce_NobodyWhoIsInIsMissed()
    {
        // The last member leaves while another joins: the group must not be removed with the new member in it.
        var (first, second) = (_mocks[0].Starling, _mocks[1].Starling);
        using var barrier = new Barrier(2);
        for (var round = 0; round < 20_000; round++)
        {
            await first.JoinAsync("room");
            await Task.WhenAll(AtOnce(() => first.LeaveAsync("room")), AtOnce(() => second.JoinAsync("room")));

            Assert.Equal([second], _server.Starlings.Group("room").Members);
            await second.LeaveAsync("room");
        }

        Task AtOnce(Func<ValueTask<bool>> change) => Task.Run(async () =>
        {
            barrier.SignalAndWait();
            await change();
        });
    }
}

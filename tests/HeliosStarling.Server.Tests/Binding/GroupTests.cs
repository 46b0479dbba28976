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
        foreach (var mock in _mocks.Take(3)) Assert.True(mock.Starling.Join("room"));

        Assert.Equal(3, await _server.Starlings.Group("room").BroadcastAsync("room:said", "hi"));
        await _server.Starlings.BroadcastAsync("the:end", 1);

        foreach (var mock in _mocks) await mock.ReceiveAsync("the:end");
        Assert.Equal([2, 2, 2, 1, 1, 1, 1, 1, 1, 1], _mocks.Select(mock => mock.Notifications.Count));
    }

    [Fact]
    public async Task BroadcastAsync_Filter_IsAskedForMembersAlone()
    {
        foreach (var mock in _mocks.Take(3)) mock.Starling.Join("room");
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
        Assert.Equal(0, await _server.Starlings.Group("empty").BroadcastAsync("room:said", "hi"));
    }

    [Fact]
    public void Leave_Member_IsOutAndTheOthersStay()
    {
        foreach (var mock in _mocks.Take(3)) mock.Starling.Join("room");

        Assert.True(_mocks[1].Starling.Leave("room"));

        Assert.Equal(new[] { _mocks[0].Id, _mocks[2].Id }.Order(), _server.Starlings.Group("room").Members.Select(starling => starling.Id).Order());
        Assert.Empty(_mocks[1].Starling.Groups);
    }

    [Fact]
    public void Leave_NoMember_IsFalse() => Assert.False(_mocks[0].Starling.Leave("room"));

    [Fact]
    public void Join_Twice_IsFalseAndCountsOnce()
    {
        _mocks[0].Starling.Join("room");

        Assert.False(_mocks[0].Starling.Join("room"));

        Assert.Equal(1, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public void Groups_SeveralJoined_AreListed()
    {
        _mocks[0].Starling.Join("a");
        _mocks[0].Starling.Join("b");

        Assert.Equal(["a", "b"], _mocks[0].Starling.Groups.Order());
    }

    [Fact]
    public async Task Join_GoneForGood_IsFalse()
    {
        await _mocks[0].Starling.CloseAsync();
        await _mocks[0].Closed.InTime();
        await Eventually.TrueAsync(() => _server.Starlings.GetById(_mocks[0].Id) is null);

        Assert.False(_mocks[0].Starling.Join("room"));
        Assert.Equal(0, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public async Task Group_MemberGoneForGood_IsOut()
    {
        _mocks[0].Starling.Join("room");

        await _mocks[0].Starling.CloseAsync();

        await Eventually.TrueAsync(() => _server.Starlings.Group("room").Count == 0);
    }

    [Fact]
    public async Task Group_MemberDisconnected_IsStillInIt()
    {
        _mocks[0].Starling.Join("room");

        await _mocks[0].CloseAsync();

        Assert.Equal(1, _server.Starlings.Group("room").Count);
        Assert.Equal(0, await _server.Starlings.Group("room").BroadcastAsync("room:said", "hi"));
    }

    [Fact]
    public async Task Leave_OfEachOtherInDisconnectionHandlers_BothEnd()
    {
        var (one, other) = (_mocks[0], _mocks[1]);
        using var barrier = new Barrier(2);
        using var left = new SemaphoreSlim(0);
        _server.OnDisconnection((starling, _) =>
        {
            Assert.True(barrier.SignalAndWait(Bound.Time));
            (starling == one.Starling ? other : one).Starling.Leave("room");
            left.Release();
        });
        foreach (var mock in (MockStarling[])[one, other]) mock.Starling.Join("room");

        await Task.WhenAll(Task.Run(() => one.CloseAsync()), Task.Run(() => other.CloseAsync())).InTime();

        for (var i = 0; i < 2; i++) Assert.True(await left.WaitAsync(Bound.Time));
        Assert.Equal(0, _server.Starlings.Group("room").Count);
    }

    [Fact]
    public void JoinAndLeave_ManyAtOnce_NobodyWhoIsInIsMissed()
    {
        // One leaves as the last while another comes: the group must not be forgotten with the newcomer in it.
        var (first, second) = (_mocks[0].Starling, _mocks[1].Starling);
        using var barrier = new Barrier(2);
        for (var round = 0; round < 20_000; round++)
        {
            first.Join("room");
            Parallel.Invoke(
                () =>
                {
                    barrier.SignalAndWait();
                    first.Leave("room");
                },
                () =>
                {
                    barrier.SignalAndWait();
                    second.Join("room");
                });

            Assert.Equal([second], _server.Starlings.Group("room").Members);
            second.Leave("room");
        }
    }
}

namespace HeliosStarling;

public sealed class OutboxWaitingTests
{
    private readonly BufferPool _pool = new();
    private readonly Outbox _outbox = TestFrames.CreateOutbox(new OutboxLimits(2, 1024, OutboxPolicy.DropOldest));

    [Fact]
    public void EnqueueDirect_RoomLeft_NobodyWaits()
    {
        Assert.Null(Send("a"));
    }

    [Fact]
    public async Task EnqueueDirect_Fills_WaitsUntilOneIsTaken()
    {
        _ = Send("a");
        var room = Send("b");
        Assert.False(room!.IsCompleted);

        _outbox.TryTake(out _);

        await room.InTime();
    }

    [Fact]
    public async Task Enqueue_DropsWhatTheSenderWaitsBehind_SenderGoes()
    {
        var outbox = TestFrames.CreateOutbox(new OutboxLimits(10, 1024, OutboxPolicy.DropOldest));
        _ = outbox.EnqueueDirect(_pool.Make(new string('a', 1000)), out _);
        var room = outbox.EnqueueDirect(_pool.Make(new string('b', 30)), out _);
        Assert.False(room!.IsCompleted);

        outbox.Enqueue(_pool.Make("c"));

        await room.InTime();
    }

    [Fact]
    public async Task EnqueueDirect_SeveralWait_AllGoOnceThereIsRoom()
    {
        _ = Send("a");
        var (second, third) = (Send("b"), Send("c"));
        _outbox.TryTake(out _);
        Assert.False(second!.IsCompleted || third!.IsCompleted);

        _outbox.TryTake(out _);

        await Task.WhenAll(second, third!).InTime();
    }

    [Fact]
    public void EnqueueDirect_MoreThanFits_StaysInCallOrder()
    {
        foreach (var text in new[] { "a", "b", "c", "d" }) _ = Send(text);

        Assert.Equal(["a", "b", "c", "d"], _outbox.TakeAll());
    }

    [Fact]
    public void EnqueueDirect_TwiceFull_PolicyDecides()
    {
        foreach (var text in new[] { "a", "b", "c", "d" }) _ = Send(text);

        _outbox.EnqueueDirect(_pool.Make("e"), out var dropped);

        Assert.Equal(1, dropped);
        Assert.Equal(["b", "c", "d", "e"], _outbox.TakeAll());
    }

    [Fact]
    public void EnqueueDirect_NobodyAwaits_WaitingTasksDoNotPileUp()
    {
        var waiting = Enumerable.Range(0, 1000).Count(_ => Send("a") is not null);

        Assert.Equal(2 * 2, waiting);
        Assert.Equal(2 * 2, _outbox.Count);
    }

    [Fact]
    public async Task StopWaiting_SenderWaits_Goes()
    {
        _ = Send("a");
        var room = Send("b");

        _outbox.StopWaiting();

        await room!.InTime();
    }

    [Fact]
    public async Task Close_SenderWaits_Goes()
    {
        _ = Send("a");
        var room = Send("b");

        _outbox.Close();

        await room!.InTime();
        Assert.Equal(0, _pool.Rented);
    }

    private Task? Send(string text)
    {
        var sent = _outbox.EnqueueDirect(_pool.Make(text));
        Assert.Equal(EnqueueStatus.Queued, sent.Result);
        return sent.Room;
    }
}

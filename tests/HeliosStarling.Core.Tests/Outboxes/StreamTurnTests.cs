namespace HeliosStarling;

/// <summary>Streamed answers take turns, and none encodes an item before there is room.</summary>
public sealed class StreamTurnTests
{
    private readonly BufferPool _pool = new();
    private readonly Outbox _outbox = TestFrames.CreateOutbox(new OutboxLimits(4, 1024, OutboxPolicy.DropOldest));
    private Task _first = Task.CompletedTask;

    [Fact]
    public void TakeAsync_RoomLeft_CompletesAtOnce()
    {
        using var stream = new StreamTurn(_outbox, CancellationToken.None);

        for (var i = 0; i < 2; i++) Assert.True(TrySend(stream, "item"));
    }

    [Fact]
    public async Task TakeAsync_ItemsFillHalf_WaitsUntilOneIsTaken()
    {
        using var stream = new StreamTurn(_outbox, CancellationToken.None);
        while (TrySend(stream, "item"))
        {
        }
        Assert.Equal(2, _outbox.Count);
        using var second = new StreamTurn(_outbox, CancellationToken.None);
        var waiting = second.TakeAsync().AsTask();

        _outbox.TryTake(out _);

        // In the order in which they asked.
        Assert.False(waiting.IsCompleted);
        await _first.InTime();
        stream.Pass();
        _outbox.TryTake(out _);
        await waiting.InTime();
    }

    [Fact]
    public void TakeAsync_NotificationsFillTheOutbox_Waits()
    {
        for (var i = 0; i < 4; i++) _outbox.Enqueue(_pool.Make("news"));
        using var stream = new StreamTurn(_outbox, CancellationToken.None);

        Assert.False(stream.TakeAsync().AsTask().IsCompleted);
    }

    [Fact]
    public void Enqueue_ItemsFillTheirHalf_NotificationsStillFit()
    {
        using var stream = new StreamTurn(_outbox, CancellationToken.None);
        while (TrySend(stream, "item"))
        {
        }

        for (var i = 0; i < 2; i++)
            Assert.Equal((EnqueueStatus.Queued, 0), (_outbox.Enqueue(_pool.Make("news"), out var dropped), dropped));
    }

    [Fact]
    public async Task TakeAsync_SeveralStreamsWait_TakeTurnsInTheOrderInWhichTheyAsked()
    {
        _outbox.EnqueueItem(_pool.Make("0", FrameKind.StreamItem));
        _outbox.EnqueueItem(_pool.Make("0", FrameKind.StreamItem));
        var streams = Enumerable.Range(0, 3).Select(_ => new StreamTurn(_outbox, CancellationToken.None)).ToList();
        var waiting = streams.ConvertAll(stream => stream.TakeAsync().AsTask());
        var order = new List<int>();

        for (var i = 0; i < 9; i++)
        {
            _outbox.TryTake(out var taken);
            taken!.Release();
            var at = waiting.IndexOf(await Task.WhenAny(waiting).InTime());
            Assert.Equal(1, waiting.Count(task => task.IsCompleted));
            order.Add(at);
            _outbox.EnqueueItem(_pool.Make($"{at}", FrameKind.StreamItem));
            streams[at].Pass();
            waiting[at] = streams[at].TakeAsync().AsTask();
        }

        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], order);
    }

    [Fact]
    public async Task TakeAsync_CancelledWhileWaiting_OthersGoOn()
    {
        using var cancellation = new CancellationTokenSource();
        using var holder = new StreamTurn(_outbox, CancellationToken.None);
        await holder.TakeAsync();
        using var first = new StreamTurn(_outbox, cancellation.Token);
        using var second = new StreamTurn(_outbox, CancellationToken.None);
        var (cancelled, waiting) = (first.TakeAsync().AsTask(), second.TakeAsync().AsTask());

        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.InTime());
        Assert.False(waiting.IsCompleted);
        holder.Pass();

        await waiting.InTime();
    }

    [Fact]
    public async Task Close_StreamsWait_AllGo()
    {
        using var holder = new StreamTurn(_outbox, CancellationToken.None);
        await holder.TakeAsync();
        var streams = Enumerable.Range(0, 3).Select(_ => new StreamTurn(_outbox, CancellationToken.None)).ToList();
        var waiting = streams.ConvertAll(stream => stream.TakeAsync().AsTask());

        _outbox.Close();

        await Task.WhenAll(waiting).InTime();
        Assert.Equal(EnqueueStatus.Closed, _outbox.EnqueueItem(_pool.Make("late", FrameKind.StreamItem)).Result);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void EnqueueItem_OthersHaveTheMemory_IsRefusedAndReleased()
    {
        var pool = new BufferPool(limit: 1024 * 1024);
        var outbox = new Outbox(new OutboxLimits(100, 1024 * 1024, OutboxPolicy.DropOldest), frame => frame.Retain(), new PeerMemory(pool));
        var others = pool.Rent(1024 * 1024);

        Assert.Equal(EnqueueStatus.Dropped, outbox.EnqueueItem(pool.Make(new string('x', 100_000), FrameKind.StreamItem)).Result);
        Assert.Equal(EnqueueStatus.Queued, outbox.EnqueueItem(pool.Make(new string('x', 50_000), FrameKind.StreamItem)).Result);

        outbox.Close();
        pool.Return(others);
        Assert.Equal(0, pool.Rented);
    }

    private bool TrySend(StreamTurn stream, string text)
    {
        _first = stream.TakeAsync().AsTask();
        if (!_first.IsCompleted) return false;
        _outbox.EnqueueItem(_pool.Make(text, FrameKind.StreamItem));
        stream.Pass();
        return true;
    }
}

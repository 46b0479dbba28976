namespace HeliosStarling;

public sealed class OutboxTests : IDisposable
{
    private readonly BufferPool _pool = new();

    // Every test ends with all frames released: dropped, taken or refused.
    public void Dispose() => Assert.Equal(0, _pool.Rented);

    [Fact]
    public void TryTake_SeveralQueued_LeaveInOrder()
    {
        var outbox = TestFrames.CreateOutbox(new OutboxLimits(3, 1024, OutboxPolicy.DropOldest));

        foreach (var text in new[] { "a", "b", "c" }) outbox.Enqueue(_pool.Make(text), out _);

        Assert.Equal(["a", "b", "c"], outbox.TakeAll());
    }

    [Fact]
    public void TryTake_Empty_IsFalse() => Assert.False(Create(OutboxPolicy.DropOldest).TryTake(out _));

    [Fact]
    public void Enqueue_FullWithDropOldest_OldestIsDroppedAndCounted()
    {
        var outbox = Filled(OutboxPolicy.DropOldest, FrameKind.Text, FrameKind.Text);

        Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(_pool.Make("new"), out var dropped));

        Assert.Equal(1, dropped);
        Assert.Equal(["1", "new"], outbox.TakeAll());
    }

    [Theory]
    [InlineData((int)FrameKind.Response)]
    [InlineData((int)FrameKind.StreamItem)]
    public void Enqueue_FullWithDropOldest_AnswersStay(int oldest)
    {
        var outbox = Filled(OutboxPolicy.DropOldest, (FrameKind)oldest, FrameKind.Binary);

        Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(_pool.Make("new"), out _));

        Assert.Equal(["0", "new"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_FullOfAnswersWithDropOldest_NewNotificationIsDropped()
    {
        var outbox = Filled(OutboxPolicy.DropOldest, FrameKind.Response, FrameKind.StreamItem);

        Assert.Equal(EnqueueStatus.Dropped, outbox.Enqueue(_pool.Make("new"), out var dropped));

        Assert.Equal(1, dropped);
        Assert.Equal(["0", "1"], outbox.TakeAll());
    }

    [Theory]
    [InlineData((int)OutboxPolicy.DropOldest)]
    [InlineData((int)OutboxPolicy.DropNewest)]
    public void Enqueue_FullOfAnswersAndOneMore_IsGivenUp(int policy)
    {
        var outbox = Filled((OutboxPolicy)policy, FrameKind.Response, FrameKind.Response);

        Assert.Equal(EnqueueStatus.GivenUp, outbox.Enqueue(_pool.Make("new", FrameKind.Response), out _));

        Assert.Equal(["0", "1"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_FullWithDropNewest_NewOneIsDropped()
    {
        var outbox = Filled(OutboxPolicy.DropNewest, FrameKind.Text, FrameKind.Text);

        Assert.Equal(EnqueueStatus.Dropped, outbox.Enqueue(_pool.Make("new"), out var dropped));

        Assert.Equal(1, dropped);
        Assert.Equal(["0", "1"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_FullWithDropNewestAndAnAnswer_AnswerTakesTheOldestsPlace()
    {
        var outbox = Filled(OutboxPolicy.DropNewest, FrameKind.Text, FrameKind.Text);

        Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(_pool.Make("answer", FrameKind.Response), out var dropped));

        Assert.Equal(1, dropped);
        Assert.Equal(["1", "answer"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_FullWithDisconnect_IsTooSlowAndDropsTheOldest()
    {
        var outbox = Filled(OutboxPolicy.Disconnect, FrameKind.Text, FrameKind.Text);

        Assert.True(outbox.Enqueue(_pool.Make("new")).IsTooSlow);

        Assert.Equal(["1", "new"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_OverTheBytes_OldestAreDroppedUntilItFits()
    {
        var outbox = TestFrames.CreateOutbox(new OutboxLimits(100, 10, OutboxPolicy.DropOldest));
        outbox.Enqueue(_pool.Make("1234"), out _);
        outbox.Enqueue(_pool.Make("12345678"), out _);

        outbox.Enqueue(_pool.Make("new"), out var dropped);

        Assert.Equal(1, dropped);
        Assert.Equal(["12345678", "new"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_LargerThanTheBytesAndAlone_IsQueued()
    {
        var outbox = TestFrames.CreateOutbox(new OutboxLimits(100, 10, OutboxPolicy.Disconnect));

        Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(_pool.Make(new string('x', 50)), out _));

        Assert.Single(outbox.TakeAll());
    }

    [Fact]
    public void Close_FramesWait_AreReleased()
    {
        var outbox = Filled(OutboxPolicy.DropOldest, FrameKind.Text, FrameKind.Response);

        outbox.Close();

        Assert.Equal((0, 0), (outbox.Count, _pool.Rented));
    }

    [Fact]
    public void Enqueue_Closed_IsClosed()
    {
        var outbox = Create(OutboxPolicy.DropOldest);
        outbox.Close();

        Assert.Equal(EnqueueStatus.Closed, outbox.Enqueue(_pool.Make("late"), out _));
    }

    private static Outbox Create(OutboxPolicy policy) => TestFrames.CreateOutbox(new OutboxLimits(2, 1024, policy));

    private Outbox Filled(OutboxPolicy policy, FrameKind first, FrameKind second)
    {
        var outbox = Create(policy);
        outbox.Enqueue(_pool.Make("0", first), out _);
        outbox.Enqueue(_pool.Make("1", second), out _);
        return outbox;
    }
}

using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Many outboxes share one memory: the limit of each depends on the free rest.</summary>
public sealed class OutboxMemoryTests
{
    private const int Limit = 8 * 1024 * 1024;
    private const int Large = 1024 * 1024;

    // The memory that each outbox always has, rounded up to a frame's buffer size.
    private const int AlwaysOfOne = 128 * 1024;

    private const int MostOfShortAnswers = 256 * 1024;

    private readonly BufferPool _pool = new(Limit);
    private readonly FrameEncoder _encoder;

    public OutboxMemoryTests() => _encoder = new FrameEncoder(_pool, TimeProvider.System);

    [Fact]
    public void Enqueue_LargeAnswersInManyOutboxes_MemoryStaysWithinTheLimit()
    {
        var outboxes = Enumerable.Range(0, 50).Select(_ => Create()).ToList();

        foreach (var outbox in outboxes) Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(Answer(Large), out _));

        Assert.InRange(_pool.Rented, 0, Limit + (outboxes.Count * AlwaysOfOne));
    }

    [Fact]
    public void Enqueue_AnswerLargerThanWhatIsLeft_CallerGetsAFailureInItsPlace()
    {
        while (_pool.ShareOf(0) > Large) _pool.Rent(Large);
        var outbox = Create();

        outbox.Enqueue(Answer(Large), out _);

        Assert.Contains("\"code\":\"STATE_RECOVERY_FAILED\"", Assert.Single(outbox.TakeAll()), StringComparison.Ordinal);
    }

    [Fact]
    public void Enqueue_AnswersThatNobodyTakesAndNothingMayBeDropped_PeerIsGivenUp()
    {
        var outbox = new Outbox(new OutboxLimits(64, 64 * 1024, null), _encoder.Shorten, new PeerMemory(pool: null));
        var results = Enumerable.Range(0, 300).Select(_ => outbox.Enqueue(Answer(200), out var _)).ToList();

        Assert.Equal(128, results.FindIndex(static result => result == EnqueueStatus.GivenUp));
        Assert.All(results.Skip(128), static result => Assert.Equal(EnqueueStatus.GivenUp, result));
    }

    [Fact]
    public void Enqueue_LargeNotificationsInManyOutboxes_MemoryStaysWithinTheLimit()
    {
        var outboxes = Enumerable.Range(0, 50).Select(_ => Create()).ToList();

        foreach (var outbox in outboxes)
        {
            outbox.Enqueue(_pool.Make("small"), out _);
            outbox.Enqueue(_pool.Make(new string('x', Large)), out _);
        }

        Assert.InRange(_pool.Rented, 0, Limit + (outboxes.Count * AlwaysOfOne));
    }

    [Fact]
    public void Enqueue_LargeBroadcastWhileThereIsMemory_ReachesAll()
    {
        var outboxes = Enumerable.Range(0, 50).Select(_ => Create()).ToList();
        var frame = _pool.Make(new string('x', Large));

        Assert.All(outboxes, outbox => Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(frame.Retain(), out _)));
    }

    [Fact]
    public void Enqueue_NotificationLargerThanMemoryAndAllThatIsQueued_IsDroppedAlone()
    {
        var outbox = Create();
        outbox.Enqueue(_pool.Make("small"), out _);
        Exhaust();

        Assert.Equal(EnqueueStatus.Dropped, outbox.Enqueue(_pool.Make(new string('x', Large)), out var dropped));

        Assert.Equal(1, dropped);
        Assert.Equal(["small"], outbox.TakeAll());
    }

    [Fact]
    public void Enqueue_NoMemoryWithDisconnect_PeerThatIsNotBehindStays()
    {
        var outbox = Create(OutboxPolicy.Disconnect);
        outbox.Enqueue(_pool.Make("small"), out _);
        Exhaust();

        Assert.False(outbox.Enqueue(_pool.Make(new string('x', Large))).IsTooSlow);
    }

    [Fact]
    public void Enqueue_NoMemoryAndManySmallAnswers_PeerIsGivenUpOnlyWhenTheyTakeMuch()
    {
        var outbox = Create();
        Exhaust();
        var before = _pool.Rented;

        for (var i = 0; i < 400; i++) Assert.Equal(EnqueueStatus.Queued, outbox.Enqueue(Answer(1000), out _));

        // The last frame may exceed the bound.
        Assert.InRange(_pool.Rented - before, 0, MostOfShortAnswers + (4 * 1024));
        var result = EnqueueStatus.Queued;
        for (var i = 400; i < 1000 && result == EnqueueStatus.Queued; i++) result = outbox.Enqueue(Answer(1), out _);
        Assert.Equal(EnqueueStatus.GivenUp, result);
    }

    [Fact]
    public void Enqueue_ManyTinyAnswersInALargeWindow_MemoryStaysWithinTheLimit()
    {
        var outboxes = Enumerable.Range(0, 4).Select(_ => Create(messages: 100_000)).ToList();

        foreach (var outbox in outboxes)
        {
            for (var i = 0; i < 100_000 && outbox.Enqueue(Answer(1), out _) == EnqueueStatus.Queued; i++)
            {
            }
        }

        Assert.InRange(_pool.Rented, 0, Limit);
    }

    [Fact]
    public void EnqueueAhead_NothingIsRead_RefusesBeyondAFewKibibytes()
    {
        var outbox = Create(messages: 100_000);
        var sent = 0;

        while (sent < 100_000 && outbox.EnqueueAhead(StuckConnection.Instance, _encoder.Ack([], received: null))) sent++;

        Assert.InRange(sent, 100, 1000);
        Assert.InRange(_pool.Rented, 0, 64 * 1024);
    }

    [Fact]
    public void Enqueue_SeveralSilentPeersAtTheirBounds_AnotherOneStillGetsLargeMessages()
    {
        var silent = Enumerable.Range(0, 10).Select(_ => Create()).ToList();
        foreach (var outbox in silent)
        {
            for (var i = 0; i < 100; i++) outbox.Enqueue(_pool.Make(new string('x', 100_000)), out _);
        }

        Assert.Equal(EnqueueStatus.Queued, Create().Enqueue(_pool.Make(new string('x', 100_000)), out var dropped));
        Assert.Equal(0, dropped);
    }

    [Fact]
    public void Enqueue_MessagesOfThePeerAreBeingHandled_LeavesThePeerLessRoom()
    {
        var (idle, busy) = (Create(), Create());
        busy.Memory.AddRunning(Limit);

        for (var i = 0; i < 20; i++)
        {
            idle.Enqueue(_pool.Make(new string('x', 30_000)), out _);
            busy.Enqueue(_pool.Make(new string('x', 30_000)), out _);
        }

        Assert.Equal((20, 2), (idle.Count, busy.Count));
    }

    [Fact]
    public void Ring_GrewLarge_ItsSlotsCountUntilItIsEmpty()
    {
        var outbox = Create(messages: 100_000);
        var frame = _pool.Make("shared");
        var one = _pool.Rented;

        for (var i = 0; i < 10_000; i++) outbox.Enqueue(frame.Retain(), out _);

        Assert.InRange(_pool.Rented - one, 10_000 * 16, 10_000 * 32);
        outbox.TakeAll();
        Assert.Equal(one, _pool.Rented);
    }

    private Frame Answer(int length) => _encoder.Success(
        Encoding.ASCII.GetBytes($"{Guid.NewGuid()}"), new RawJson(Encoding.ASCII.GetBytes($"\"{new string('x', length)}\"")));

    private void Exhaust() => _pool.Rent(Limit);

    private Outbox Create(OutboxPolicy policy = OutboxPolicy.DropOldest, int messages = 1000)
    {
        var outbox = new Outbox(new OutboxLimits(messages, 8 * 1024 * 1024, policy), _encoder.Shorten, new PeerMemory(_pool));
        outbox.Restart(StuckConnection.Instance, Numbering.None, welcome: null);
        return outbox;
    }
}

using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Many outboxes and one memory: what each of them may have depends on what is left for all.</summary>
public sealed class OutboxMemoryTests
{
    private const int Limit = 8 * 1024 * 1024;
    private const int Large = 1024 * 1024;

    // What every one may have in any case, and its frame's power of two.
    private const int AlwaysOfOne = 128 * 1024;

    private readonly BufferPool _pool = new(Limit);
    private readonly FrameEncoder _encoder;

    public OutboxMemoryTests() => _encoder = new FrameEncoder(_pool, TimeProvider.System);

    [Fact]
    public void Enqueue_LargeAnswersInManyOutboxes_MemoryStaysWithinTheLimit()
    {
        var outboxes = Enumerable.Range(0, 50).Select(_ => Create()).ToList();

        foreach (var outbox in outboxes) Assert.Equal(EnqueueResult.Queued, outbox.Enqueue(Answer(Large), out _));

        Assert.InRange(_pool.Rented, 0, Limit + (outboxes.Count * AlwaysOfOne));
    }

    [Fact]
    public void Enqueue_AnswerLargerThanWhatIsLeft_CallerGetsAFailureInItsPlace()
    {
        while (_pool.Free > Large) _pool.Rent(Large);
        var outbox = Create();

        outbox.Enqueue(Answer(Large), out _);

        Assert.Contains("\"code\":\"STATE_RECOVERY_FAILED\"", Assert.Single(outbox.TakeAll()), StringComparison.Ordinal);
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

        Assert.All(outboxes, outbox => Assert.Equal(EnqueueResult.Queued, outbox.Enqueue(frame.Retain(), out _)));
    }

    [Fact]
    public void Enqueue_NotificationLargerThanMemoryAndAllThatIsQueued_IsDroppedAlone()
    {
        var outbox = Create();
        outbox.Enqueue(_pool.Make("small"), out _);
        Exhaust();

        Assert.Equal(EnqueueResult.Dropped, outbox.Enqueue(_pool.Make(new string('x', Large)), out var dropped));

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
    public void Enqueue_NoMemoryAndManySmallAnswers_PeerIsGivenUpOnlyBeyondItsOwnWindow()
    {
        var outbox = Create();
        Exhaust();

        for (var i = 0; i < 1000; i++) Assert.Equal(EnqueueResult.Queued, outbox.Enqueue(Answer(1000), out _));

        Assert.InRange(outbox.Bytes, 0, 1000 * 300);
        Assert.Equal(EnqueueResult.GivenUp, outbox.Enqueue(Answer(1), out _));
    }

    private Frame Answer(int length) => _encoder.Success(Encoding.ASCII.GetBytes($"{Guid.NewGuid()}"), new RawJson(Encoding.ASCII.GetBytes($"\"{new string('x', length)}\"")));

    private void Exhaust() => _pool.Rent(Limit);

    private Outbox Create(OutboxPolicy policy = OutboxPolicy.DropOldest)
    {
        var outbox = new Outbox(new OutboxLimits(1000, 8 * 1024 * 1024, policy), _encoder.Shorten, _pool);
        outbox.Restart(StuckConnection.Instance, Numbering.None, welcome: null);
        return outbox;
    }
}

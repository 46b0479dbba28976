using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>The partitions of one limit, each made when it is needed and forgotten when it is full.</summary>
/// <param name="limit">The limit.</param>
/// <param name="time">The clock.</param>
/// <param name="maxPartitions">How many partitions are kept at most, about 300 bytes each. Default 100,000.</param>
/// <remarks>
/// Safe to use concurrently. At the most an eighth is forgotten: those that are full, which limit nobody; then those of the parties that
/// have most of them, and of each the fullest first. So a client that makes ever new partitions forgets its own.
/// </remarks>
internal sealed class BucketTable(RateLimit limit, TimeProvider time, int maxPartitions = BucketTable.DefaultMaxPartitions)
{
    public const int DefaultMaxPartitions = 100_000;

    private const int PartForgotten = 8;

    private readonly ConcurrentDictionary<object, TokenBucket> _buckets = new();
    private int _count;
    private int _isMakingRoom;

    public RateLimit Limit => limit;

    /// <summary>How many partitions are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The bucket of a partition, good until it is retired.</summary>
    /// <param name="partition">Who is limited.</param>
    /// <param name="party">Who answers for the partition. Default the partition, or of an IPv6 network the site (RFC 6177) it belongs
    /// to.</param>
    public TokenBucket Get(object partition, object? party = null)
    {
        while (true)
        {
            if (_buckets.TryGetValue(partition, out var known)) return known;
            var made = new TokenBucket(limit, time) { Party = party ?? Partitions.SiteOf(partition) };
            if (!_buckets.TryAdd(partition, made)) continue;
            if (Interlocked.Increment(ref _count) > maxPartitions) MakeRoom();
            return made;
        }
    }

    /// <summary>Takes a token of a partition.</summary>
    public bool TryTake(object partition, out TimeSpan retryAfter, object? party = null)
    {
        while (true)
        {
            if (Get(partition, party).TryTake(out retryAfter) is { } taken) return taken;
        }
    }

    /// <summary>Forgets the partitions that have all their tokens.</summary>
    public void Sweep()
    {
        foreach (var pair in _buckets)
        {
            if (pair.Value.TryRetire()) Forget(pair);
        }
    }

    private void MakeRoom()
    {
        // One is enough: meanwhile the others go a little over the limit.
        if (Interlocked.Exchange(ref _isMakingRoom, 1) != 0) return;
        Sweep();
        var excess = Count - (maxPartitions - (maxPartitions / PartForgotten));
        if (excess > 0) ForgetFullest(excess);
        Volatile.Write(ref _isMakingRoom, 0);
    }

    private void ForgetFullest(int excess)
    {
        var parties = _buckets.GroupBy(static pair => pair.Value.Party, static pair => (Pair: pair, pair.Value.FullAt))
            .Select(static all => new Queue<(KeyValuePair<object, TokenBucket> Pair, long FullAt)>(all.OrderBy(static one => one.FullAt)));
        var byCount = new PriorityQueue<Queue<(KeyValuePair<object, TokenBucket> Pair, long FullAt)>, (int Count, long FullAt)>(
            parties.Select(static all => (all, Order(all))));
        for (; excess > 0 && byCount.TryDequeue(out var most, out _); excess--)
        {
            var (pair, _) = most.Dequeue();
            pair.Value.Retire();
            Forget(pair);
            if (most.Count > 0) byCount.Enqueue(most, Order(most));
        }
    }

    private static (int Count, long FullAt) Order(Queue<(KeyValuePair<object, TokenBucket> Pair, long FullAt)> party) =>
        (-party.Count, party.Peek().FullAt);

    private void Forget(KeyValuePair<object, TokenBucket> pair)
    {
        if (_buckets.TryRemove(pair)) Interlocked.Decrement(ref _count);
    }
}

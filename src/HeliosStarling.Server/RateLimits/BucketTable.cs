using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>The partitions of one limit. A partition is created at first use and forgotten when it is full.</summary>
/// <param name="limit">The limit.</param>
/// <param name="time">The clock.</param>
/// <param name="maxPartitions">The maximum number of partitions, of about 300 bytes each. Default 100,000.</param>
/// <remarks>
/// Safe to use concurrently. At the maximum, one eighth of the partitions is forgotten: first full ones, which limit nobody, then those of
/// the parties with most partitions, the fullest first. So a client that creates many partitions loses its own.
/// </remarks>
internal sealed class BucketTable(RateLimit limit, TimeProvider time, int maxPartitions = BucketTable.DefaultMaxPartitions)
{
    public const int DefaultMaxPartitions = 100_000;

    private const int PartForgotten = 8;

    private readonly ConcurrentDictionary<object, TokenBucket> _buckets = new();
    private int _count;
    private int _isMakingRoom;

    public RateLimit Limit => limit;

    /// <summary>The number of partitions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gets the bucket of a partition. It is valid until it is retired.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="party">The party of the partition. Default the partition itself, or the site (RFC 6177) of an IPv6 network.</param>
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

    /// <summary>Takes a token from a partition.</summary>
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
        // One thread is enough. Meanwhile the others may slightly exceed the limit.
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

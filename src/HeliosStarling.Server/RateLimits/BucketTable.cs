using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>The partitions of one limit, each made when it is needed and forgotten when it is full.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class BucketTable(RateLimit limit, TimeProvider time)
{
    private readonly ConcurrentDictionary<object, TokenBucket> _buckets = new();

    public RateLimit Limit => limit;

    /// <summary>How many partitions are kept.</summary>
    public int Count => _buckets.Count;

    /// <summary>The bucket of a partition, good until it is retired.</summary>
    public TokenBucket Get(object partition) => _buckets.GetOrAdd(partition, static (_, table) => new TokenBucket(table.Limit, table.Time), this);

    /// <summary>Takes a token of a partition.</summary>
    public bool TryTake(object partition, out TimeSpan retryAfter)
    {
        while (true)
        {
            if (Get(partition).TryTake(out retryAfter) is { } taken) return taken;
        }
    }

    /// <summary>Forgets the partitions that have all their tokens.</summary>
    public void Sweep()
    {
        foreach (var (partition, bucket) in _buckets)
        {
            if (bucket.TryRetire()) _buckets.TryRemove(KeyValuePair.Create(partition, bucket));
        }
    }

    private TimeProvider Time => time;
}

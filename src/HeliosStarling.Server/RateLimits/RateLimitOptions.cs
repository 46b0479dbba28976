using System.Threading.RateLimiting;

namespace HeliosStarling;

/// <summary>
/// The rate limits of messages and connections. Every message counts, also an invalid one or a call of an unknown method. Only answers to
/// the server's requests and useful acknowledgements do not count. A message over a limit is answered with <c>RATE_LIMIT_EXCEEDED</c>.
/// </summary>
public sealed class RateLimitOptions
{
    /// <summary>The limit for the messages of each starling, across its connections. Default none.</summary>
    public RateLimit? PerConnection { get; set; }

    /// <summary>The limit for the messages of each signed-in user, on all connections together. Default none.</summary>
    public RateLimit? PerUser { get; set; }

    /// <summary>
    /// The limit for the messages of each address. An IPv6 network of 64 bits counts as one address. Behind proxies it is the address of
    /// the forwarded headers, if the application reads them. Connections without an address share one partition. Default none.
    /// </summary>
    public RateLimit? PerAddress { get; set; }

    /// <summary>The limit for upgrade requests of each address, including refused ones. Further requests get 429. Default none.</summary>
    public RateLimit? Upgrades { get; set; }

    /// <summary>
    /// A further limit on messages, partitioned by properties of the starling. The application disposes it. Default none.
    /// </summary>
    public PartitionedRateLimiter<Starling>? Limiter { get; set; }

    /// <summary>
    /// The number of refused messages within about a minute after which the connection is closed with 4029. The last refusal is still sent.
    /// Between 1 and 1,000,000. Default 100.
    /// </summary>
    public int CloseAfter { get; set; } = 100;

    internal IEnumerable<string> FindFaults(string name)
    {
        foreach (var (part, limit) in ((string, RateLimit?)[])[
            (nameof(PerConnection), PerConnection),
            (nameof(PerUser), PerUser),
            (nameof(PerAddress), PerAddress),
            (nameof(Upgrades), Upgrades),
        ])
        {
            foreach (var fault in limit?.FindFaults($"{name}.{part}") ?? []) yield return fault;
        }
        if (CloseAfter is < 1 or > 1_000_000)
            yield return FormattableString.Invariant($"{name}.CloseAfter is {CloseAfter}; it must be between 1 and 1000000.");
    }
}

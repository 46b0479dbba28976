using System.Threading.RateLimiting;

namespace HeliosStarling;

/// <summary>
/// How fast clients may send and connect. Every message counts, invalid ones and calls of unknown methods too; only answers to requests of
/// the server and useful acknowledgements do not. What is over a limit is answered with <c>RATE_LIMIT_EXCEEDED</c>.
/// </summary>
public sealed class RateLimitOptions
{
    /// <summary>For the messages of each starling, on all its connections one after another. Default none.</summary>
    public RateLimit? PerConnection { get; set; }

    /// <summary>For the messages of each signed-in user, on all its connections together. Default none.</summary>
    public RateLimit? PerUser { get; set; }

    /// <summary>
    /// For the messages from each address, an IPv6 network of 64 bits counting as one. Behind proxies it is the address that the forwarded
    /// headers tell, if the application reads those. Connections without address share one partition. Default none.
    /// </summary>
    public RateLimit? PerAddress { get; set; }

    /// <summary>For upgrade requests from each address, refused ones too; one over it gets 429. Default none.</summary>
    public RateLimit? Upgrades { get; set; }

    /// <summary>
    /// Any other limit on messages, partitioned by whatever is known of the starling. The application disposes of it. Default none.
    /// </summary>
    public PartitionedRateLimiter<Starling>? Limiter { get; set; }

    /// <summary>
    /// How many refusals within about a minute end a connection, with 4029; the last of them is answered too. Between 1 and 1,000,000.
    /// Default 100.
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

namespace HeliosStarling;

/// <summary>How many of the peers' requests may be under way.</summary>
internal sealed record RequestLimits
{
    // What an open request or a running handler takes, at least.
    private const int HandlerSize = 1024;

    /// <summary>
    /// For a client, whose handlers all run at once: only what they and the readers of streams keep of its server's messages is bounded.
    /// </summary>
    /// <param name="bytes">How many bytes that may be.</param>
    public static RequestLimits OfClient(long bytes) => new()
    {
        Concurrent = int.MaxValue,
        Queued = int.MaxValue,
        PerPeer = (int)Math.Min(int.MaxValue, bytes / HandlerSize),
        BytesPerPeer = bytes,
        PeerOption = "MaxWaitingBytes",
        BytesOption = "MaxWaitingBytes",
    };

    /// <summary>How many handlers run at a time, of all peers together.</summary>
    public int Concurrent { get; init; } = 1000;

    /// <summary>How many requests wait for a place, of all peers together.</summary>
    public int Queued { get; init; } = 10_000;

    /// <summary>How many threads blocking handlers get.</summary>
    public int BlockingThreads { get; init; } = 32;

    /// <summary>How many requests of one peer may be open, waiting ones included.</summary>
    public int PerPeer { get; init; } = 256;

    /// <summary>How many bytes their payloads may have.</summary>
    public long BytesPerPeer { get; init; } = 8 * 1024 * 1024;

    /// <summary>The option that sets <see cref="PerPeer"/>.</summary>
    public string PeerOption { get; init; } = "MaxRequestsPerStarling";

    /// <summary>The option that sets <see cref="BytesPerPeer"/>.</summary>
    public string BytesOption { get; init; } = "MaxRequestBytesPerStarling";
}

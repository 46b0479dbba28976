namespace HeliosStarling;

/// <summary>How many of the peers' requests may be under way.</summary>
internal sealed record RequestLimits
{
    /// <summary>For a client, which chose its server: nothing is refused. Only threads of blocking handlers are bounded.</summary>
    public static RequestLimits None { get; } = new() { Concurrent = int.MaxValue, Queued = int.MaxValue, PerPeer = int.MaxValue, BytesPerPeer = long.MaxValue };

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
}

namespace HeliosStarling;

/// <summary>The limits for open requests of the peers.</summary>
internal sealed record RequestLimits
{
    // The minimum number of bytes that an open request or a running handler needs.
    private const int HandlerSize = 1024;

    /// <summary>
    /// Creates the limits of a client. All its handlers run at once. Only the bytes of the server's messages that wait for handlers and
    /// readers of streams are limited.
    /// </summary>
    /// <param name="bytes">The maximum number of these bytes.</param>
    public static RequestLimits OfClient(long bytes) => new()
    {
        Concurrent = int.MaxValue,
        Queued = int.MaxValue,
        PerPeer = (int)Math.Min(int.MaxValue, bytes / HandlerSize),
        BytesPerPeer = bytes,
        PeerOption = "MaxWaitingBytes",
        BytesOption = "MaxWaitingBytes",
    };

    /// <summary>The maximum number of handlers that run at a time, for all peers together.</summary>
    public int Concurrent { get; init; } = 1000;

    /// <summary>The maximum number of requests that wait for a place, for all peers together.</summary>
    public int Queued { get; init; } = 10_000;

    /// <summary>The maximum number of threads for blocking handlers.</summary>
    public int BlockingThreads { get; init; } = 32;

    /// <summary>The maximum number of open requests of one peer, including waiting ones.</summary>
    public int PerPeer { get; init; } = 256;

    /// <summary>The maximum number of bytes in the payloads of these requests.</summary>
    public long BytesPerPeer { get; init; } = 8 * 1024 * 1024;

    /// <summary>The option that sets <see cref="PerPeer"/>.</summary>
    public string PeerOption { get; init; } = "MaxRequestsPerStarling";

    /// <summary>The option that sets <see cref="BytesPerPeer"/>.</summary>
    public string BytesOption { get; init; } = "MaxRequestBytesPerStarling";
}

namespace HeliosStarling;

/// <summary>The messages of REQUEST_QUEUE_FULL. They name the limit that was reached and the option that sets it.</summary>
internal static class QueueFull
{
    /// <summary>The shared memory is used up.</summary>
    public const string NoMemory = "There is no memory for a message of this size now (MaxBufferedBytes)";

    /// <summary>The shared memory is used up and has no room for an item of a streamed answer.</summary>
    public const string NoMemoryForItem = "There is no memory for an item of this size now (MaxBufferedBytes)";

    /// <summary>One peer has too many open requests, or too many bytes in them.</summary>
    public static string Requests(RequestLimits limits) =>
        $"Too many requests are open: at most {limits.PerPeer} ({limits.PeerOption}) with {limits.BytesPerPeer} bytes ({limits.BytesOption}). Wait for answers before you send more";

    /// <summary>Too many other messages of one peer are being handled.</summary>
    public static string Messages(RequestLimits limits) =>
        $"Too many messages are being handled, and this one was not: at most {limits.PerPeer} ({limits.PeerOption}) with {limits.BytesPerPeer} bytes ({limits.BytesOption})";

    /// <summary>Too many requests of all peers together are waiting.</summary>
    public static string Places(RequestLimits limits) =>
        $"The server has too many requests to run: {limits.Queued} wait already (MaxQueuedRequests). Try again later.";

    /// <summary>Too many messages or bytes wait to be sent.</summary>
    public static string Outbox(OutboxLimits limits) =>
        $"{limits.Messages} messages (MessageBufferSize) or {limits.Bytes} bytes (MessageBufferBytes) wait already.";
}

namespace HeliosStarling;

/// <summary>How one request to the peer is made.</summary>
public sealed record RequestOptions
{
    /// <summary>
    /// How long to wait for the answer; longer than 0. Default: the <c>RequestTimeout</c> of this side.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// What travels beside the payload and reaches the handler untouched: any value that serializes to a JSON object. Default null, none.
    /// </summary>
    public object? Metadata { get; init; }

    /// <summary>
    /// Whether the request is sent once more, under a new id, when it was on its way and the peer lost its memory of the conversation, by a
    /// restart for example. The peer may then run it twice. Default false: it fails with <c>STATE_RECOVERY_FAILED</c>, since it may have
    /// run (docs/protocol.md section 7, rule 7).
    /// </summary>
    public bool Retry { get; init; }
}

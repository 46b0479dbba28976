namespace HeliosStarling;

/// <summary>Options for one request to the peer.</summary>
public sealed record RequestOptions
{
    /// <summary>
    /// The time to wait for the answer; longer than 0. Default: the <c>RequestTimeout</c> of this side.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Additional data that the handler gets unchanged: any value that serializes to a JSON object. Default null: none.</summary>
    public object? Metadata { get; init; }

    /// <summary>
    /// Indicates whether a sent request is sent again, with a new id, when the peer has lost the state of the conversation, for example
    /// after a restart. The peer may then run it twice. Default false: the request fails with <c>STATE_RECOVERY_FAILED</c>, because the
    /// peer may have run it (docs/protocol.md section 7, rule 7).
    /// </summary>
    public bool Retry { get; init; }
}

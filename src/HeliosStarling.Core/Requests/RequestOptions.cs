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
}

namespace HeliosStarling;

/// <summary>The rate limit that a message exceeds.</summary>
/// <param name="Limit">The number of messages that are allowed in a window; 0 when it is unknown.</param>
/// <param name="Reset">The time at which the next message is allowed, in Unix milliseconds.</param>
internal readonly record struct RateExcess(int Limit, long Reset);

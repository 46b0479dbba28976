namespace HeliosStarling;

/// <summary>The values in the first frame of a linked connection (docs/protocol.md section 7, rule 3).</summary>
/// <param name="Epoch">The current epoch; null when messages are not counted.</param>
/// <param name="Received">The number of messages of the peer that were counted in the epoch.</param>
/// <param name="Now">The time in Unix milliseconds. The welcome is created under a lock, where the clock must not be called.</param>
/// <param name="Missed">The number of missing messages that the peer has not counted; null in a new epoch, where it is unknown.</param>
internal readonly record struct Welcome(string? Epoch, long Received, long Now, long? Missed);

namespace HeliosStarling;

/// <summary>What the first frame of a linked connection has to say (docs/protocol.md section 7, rule 3).</summary>
/// <param name="Epoch">The epoch that holds from now on; null when messages are not counted.</param>
/// <param name="Received">What was counted of the peer in it.</param>
/// <param name="Now">The time, in Unix milliseconds: the welcome is made under a lock, where no clock is asked.</param>
/// <param name="Missed">How many messages are missing that the peer has not counted; null in a new epoch, where nobody knows.</param>
internal readonly record struct Welcome(string? Epoch, long Received, long Now, long? Missed);

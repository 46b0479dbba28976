namespace HeliosStarling;

/// <summary>The retention of a group's log. Beyond any of the limits the oldest messages are removed.</summary>
/// <param name="Messages">The maximum number of messages. At least 1.</param>
/// <param name="Age">The time to keep a message. The log itself, with its epoch and last offset, is kept ten times as long after the last
/// message.</param>
/// <param name="Bytes">The maximum size of the messages in bytes. A single message may be larger.</param>
internal sealed record LogRetention(int Messages, TimeSpan Age, long Bytes);

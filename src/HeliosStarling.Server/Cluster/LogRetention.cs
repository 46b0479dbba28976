namespace HeliosStarling;

/// <summary>What the log of a group keeps. Whatever is beyond one of the limits goes, the oldest message first.</summary>
/// <param name="Messages">How many messages at most. At least 1.</param>
/// <param name="Age">How long each is kept. The log itself, with its epoch and its last offset, is kept for ten times as long after the
/// last message.</param>
/// <param name="Bytes">How many bytes of messages at most. A single message may be larger.</param>
internal sealed record LogRetention(int Messages, TimeSpan Age, long Bytes);

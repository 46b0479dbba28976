namespace HeliosStarling;

/// <summary>The maximum size of an outbox, including sent messages that are not acknowledged.</summary>
/// <param name="Messages">The maximum number of messages.</param>
/// <param name="Bytes">The maximum number of bytes.</param>
/// <param name="Policy">The policy for a full outbox. Null: no queued message is dropped, and new messages are refused.</param>
internal sealed record OutboxLimits(int Messages, long Bytes, OutboxPolicy? Policy);

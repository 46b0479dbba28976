namespace HeliosStarling;

/// <summary>How much an outbox holds, sent messages that wait for their acknowledgement included.</summary>
/// <param name="Messages">The most messages.</param>
/// <param name="Bytes">The most bytes.</param>
/// <param name="Policy">What happens beyond; null: nothing that is queued is dropped, what is new is refused.</param>
internal sealed record OutboxLimits(int Messages, long Bytes, OutboxPolicy? Policy);

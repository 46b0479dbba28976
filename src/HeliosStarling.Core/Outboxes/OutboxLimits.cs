namespace HeliosStarling;

/// <summary>How much an outbox holds.</summary>
/// <param name="Messages">The most messages.</param>
/// <param name="Bytes">The most bytes.</param>
/// <param name="Policy">What happens beyond.</param>
internal sealed record OutboxLimits(int Messages, long Bytes, OutboxPolicy Policy);

namespace HeliosStarling;

/// <summary>The result of an append.</summary>
/// <param name="Status">The status.</param>
/// <param name="Position">The position of the message; null when it is unknown.</param>
internal sealed record AppendResult(AppendStatus Status, LogPosition? Position);

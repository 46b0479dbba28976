namespace HeliosStarling;

/// <summary>The answer to an append.</summary>
/// <param name="Status">How the log answered.</param>
/// <param name="Position">Where the message stands; null when that is not known.</param>
internal sealed record AppendResult(AppendStatus Status, LogPosition? Position);

namespace HeliosStarling;

/// <summary>A message for the log of a group.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Key">By what a repetition is known.</param>
/// <param name="Bytes">The message; copied before the call returns.</param>
/// <param name="Retention">What the log keeps.</param>
internal sealed record GroupAppend(string Group, AppendKey Key, ReadOnlyMemory<byte> Bytes, LogRetention Retention);

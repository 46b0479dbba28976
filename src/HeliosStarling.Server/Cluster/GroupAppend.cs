namespace HeliosStarling;

/// <summary>A message to append to the log of a group.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Key">Identifies the append, to recognize a repetition.</param>
/// <param name="Bytes">The content; copied before the call returns.</param>
/// <param name="Retention">The retention of the log.</param>
internal sealed record GroupAppend(string Group, AppendKey Key, ReadOnlyMemory<byte> Bytes, LogRetention Retention);

namespace HeliosStarling;

/// <summary>A part of a log, and what the log said of itself in the same step.</summary>
/// <param name="State">The log.</param>
/// <param name="Floor">What the floor means in this epoch; 0 when none was given.</param>
/// <param name="Messages">The messages, without holes between them.</param>
internal sealed record GroupLogSlice(GroupLogState State, long Floor, IReadOnlyList<GroupLogMessage> Messages);

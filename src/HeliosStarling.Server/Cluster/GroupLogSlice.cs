namespace HeliosStarling;

/// <summary>A part of a log, with the state of the log at the same moment.</summary>
/// <param name="State">The state of the log.</param>
/// <param name="Floor">The floor as an offset of the current epoch; 0 without a floor.</param>
/// <param name="Messages">The messages, without gaps.</param>
internal sealed record GroupLogSlice(GroupLogState State, long Floor, IReadOnlyList<GroupLogMessage> Messages);

namespace HeliosStarling;

/// <summary>One thing that is wrong with a payload.</summary>
/// <param name="Path">Where, as a JSON path in the spelling of the wire: <c>$</c> is the payload, <c>$.items[2].name</c> something in it.
/// Cut to 1,024 characters.</param>
/// <param name="Message">What, as a sentence for people; it travels. Cut to 1,024 characters.</param>
public sealed record ValidationError(string Path, string Message);

namespace HeliosStarling;

/// <summary>An error in a payload.</summary>
/// <param name="Path">The JSON path of the value, with the names that the JSON has: <c>$</c> is the payload, <c>$.items[2].name</c> a value
/// in it. Cut to 1,024 characters.</param>
/// <param name="Message">A human-readable message. It is sent to the caller. Cut to 1,024 characters.</param>
public sealed record ValidationError(string Path, string Message);

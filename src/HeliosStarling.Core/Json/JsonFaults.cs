using System.Text.Json;

namespace HeliosStarling;

/// <summary>
/// Describes in terms of JSON why a value cannot be read. The messages of the serializer name .NET types, which a client does not know.
/// </summary>
internal static class JsonFaults
{
    private const string Unreadable = "The value cannot be read as what is expected here.";
    private const string NotConverted = "could not be converted to ";
    private const string Missing = "missing required properties including: ";

    private static readonly Dictionary<string, string> s_words = new(StringComparer.Ordinal)
    {
        ["System.String"] = "a string",
        ["System.Char"] = "a string of one character",
        ["System.Boolean"] = "true or false",
        ["System.Guid"] = "a UUID",
        ["System.DateTime"] = "a date and time, such as \"2026-01-31T12:00:00Z\"",
        ["System.DateTimeOffset"] = "a date and time, such as \"2026-01-31T12:00:00Z\"",
        ["System.DateOnly"] = "a date, such as \"2026-01-31\"",
        ["System.TimeOnly"] = "a time, such as \"12:00:00\"",
        ["System.TimeSpan"] = "a length of time, such as \"00:05:00\"",
        ["System.Single"] = "a number",
        ["System.Double"] = "a number",
        ["System.Decimal"] = "a number",
        ["System.Half"] = "a number",
    };

    /// <summary>Converts an exception to a validation error.</summary>
    /// <param name="exception">The exception of the serializer or of a converter of the application.</param>
    /// <param name="at">The path of the value that was read. Default: the root of the payload.</param>
    public static ValidationError Of(JsonException exception, string at = "$") =>
        new(ValidationErrors.Cut(at + (exception.Path ?? "$")[1..]), ValidationErrors.Cut(Describe(exception.Message)));

    private static string Describe(string message)
    {
        var end = message.IndexOf(" Path: $", StringComparison.Ordinal);
        if (end < 0 && message.StartsWith("JSON deserialization ", StringComparison.Ordinal) && After(message, Missing) is { } names)
            return $"Required members are missing: {names.TrimEnd('.')}.";
        // A message without a path comes from a converter of the application and is intended for the client.
        if (end < 0) return message;
        var text = message[..end];
        if (After(text, NotConverted) is { } type) return WordOf(type.TrimEnd('.')) is { } word ? $"The value must be {word}." : Unreadable;
        if (text.Contains("allow", StringComparison.Ordinal) && text.Contains(" null ", StringComparison.Ordinal))
            return PayloadJson.Required.Message;
        return text.Contains("type '", StringComparison.Ordinal)
            || text.Contains(".NET", StringComparison.Ordinal)
            || text.Contains("System.", StringComparison.Ordinal) ? Unreadable : text;
    }

    private static string? WordOf(string type)
    {
        const string nullable = "System.Nullable`1[";
        if (type.StartsWith(nullable, StringComparison.Ordinal)) type = type[nullable.Length..^1];
        if (s_words.TryGetValue(type, out var word)) return word;
        if (type.EndsWith("[]", StringComparison.Ordinal)) return "an array";
        if (type.StartsWith("System.Int", StringComparison.Ordinal)
            || type.StartsWith("System.UInt", StringComparison.Ordinal)
            || type is "System.Byte" or "System.SByte")
            return "a whole number in the range of its member";
        if (!type.StartsWith("System.Collections.", StringComparison.Ordinal)) return null;
        return type.Contains("Dictionary`", StringComparison.Ordinal) ? "an object" : "an array";
    }

    private static string? After(string text, string start) =>
        text.IndexOf(start, StringComparison.Ordinal) is >= 0 and var index ? text[(index + start.Length)..] : null;
}

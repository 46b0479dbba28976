using System.Text.Encodings.Web;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Creates errors for malformed names. The name may come from a peer, so the error becomes the answer of the handler that passes the name
/// on, and is not logged as an error.
/// </summary>
internal static class MalformedText
{
    // Long enough to recognize the text, too short to fill an answer.
    private const int ExcerptLength = 64;

    /// <summary>Returns the start of a text, short enough for an error message.</summary>
    public static string Excerpt(string text) => text.Length <= ExcerptLength ? text : $"{text.AsSpan(0, ExcerptLength)}...";

    /// <summary>Replaces control characters, so that the text of a peer cannot add lines to a log.</summary>
    public static string OnOneLine(string text) =>
        string.Create(text.Length, text, static (line, text) =>
        {
            for (var index = 0; index < text.Length; index++) line[index] = char.IsControl(text[index]) ? ' ' : text[index];
        });

    /// <summary>Creates a VALIDATION_ERROR that has the message in its details, too.</summary>
    /// <param name="message">A human-readable message that says what is wrong and what to do.</param>
    public static HeliosException Fault(string message) => new(
        ErrorCodes.ValidationError, message,
        JsonElement.Parse($$"""{"errors":[{"path":"$","message":"{{JavaScriptEncoder.Default.Encode(message)}}"}]}"""));
}

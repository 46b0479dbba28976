using System.Text.Encodings.Web;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A text that is no name of the kind that is asked for. A peer may have made it, so the failure is the answer of the handler that passes
/// it on, and is not logged as an error.
/// </summary>
internal static class MalformedText
{
    // Enough to recognize what was sent, too little to fill an answer with.
    private const int ExcerptLength = 64;

    /// <summary>The start of a text that somebody else chose, short enough to be repeated in a message.</summary>
    public static string Excerpt(string text) => text.Length <= ExcerptLength ? text : $"{text.AsSpan(0, ExcerptLength)}...";

    /// <summary>VALIDATION_ERROR, with the message among its details.</summary>
    /// <param name="message">What is wrong and what to do, as a sentence for people.</param>
    public static HeliosException Fault(string message) => new(
        ErrorCodes.ValidationError, message,
        JsonElement.Parse($$"""{"errors":[{"path":"$","message":"{{JavaScriptEncoder.Default.Encode(message)}}"}]}"""));
}

using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>An error message, about no particular request. It is never answered.</summary>
public sealed class ErrorContext
{
    private readonly byte[] _details;

    internal ErrorContext(Starling starling, in Message message)
    {
        (Starling, Severity) = (starling, message.Severity);
        (Code, Message) = (message.ErrorCode!, message.ErrorMessage!);
        _details = message.Data.ToArray();
    }

    /// <summary>Who sent it.</summary>
    public Starling Starling { get; }

    /// <summary>Whom it blames.</summary>
    public ErrorSeverity Severity { get; }

    /// <summary>The code that programs go by.</summary>
    public string Code { get; }

    /// <summary>A sentence for people.</summary>
    public string Message { get; }

    /// <summary>More about the error, read at each use; null when there is no more.</summary>
    public JsonElement? Details => _details.Length == 0 ? null : PayloadJson.ReadElement(_details);
}

using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>An error message, about no particular request. It is never answered.</summary>
public sealed class ErrorContext
{
    internal ErrorContext(Starling starling, in Message message)
    {
        (Starling, Severity) = (starling, message.Severity);
        (Code, Message) = (message.ErrorCode!, message.ErrorMessage!);
        Details = message.Data.IsEmpty ? null : Payloads.ReadElement(message.Data);
    }

    /// <summary>Who sent it.</summary>
    public Starling Starling { get; }

    /// <summary>Whom it blames.</summary>
    public ErrorSeverity Severity { get; }

    /// <summary>The code that programs go by.</summary>
    public string Code { get; }

    /// <summary>A sentence for people.</summary>
    public string Message { get; }

    /// <summary>More about the error; null when there is no more.</summary>
    public JsonElement? Details { get; }
}

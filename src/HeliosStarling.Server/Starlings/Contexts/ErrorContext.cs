using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>An error message that belongs to no request. It is never answered.</summary>
public sealed class ErrorContext
{
    private readonly byte[] _details;

    internal ErrorContext(Starling starling, in Message message)
    {
        (Starling, Severity) = (starling, message.Severity);
        (Code, Message) = (message.ErrorCode!, message.ErrorMessage!);
        _details = message.Data.ToArray();
    }

    /// <summary>The starling that sent it.</summary>
    public Starling Starling { get; }

    /// <summary>The side that caused the error.</summary>
    public ErrorSeverity Severity { get; }

    /// <summary>The error code, for programs.</summary>
    public string Code { get; }

    /// <summary>The error message, for people.</summary>
    public string Message { get; }

    /// <summary>Details of the error, parsed at each use; null when there are none.</summary>
    public JsonElement? Details => _details.Length == 0 ? null : PayloadJson.ReadElement(_details);
}

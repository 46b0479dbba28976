using System.Text.Json;

namespace HeliosStarling;

/// <summary>The content of an authentic token.</summary>
/// <param name="StarlingId">The id of the starling.</param>
/// <param name="Timestamp">The time when the token was issued.</param>
/// <param name="States">The saved states by namespace.</param>
/// <param name="CustomClaims">The claims of the application.</param>
internal sealed record TokenContent(
    string StarlingId, DateTimeOffset Timestamp, IReadOnlyDictionary<string, JsonElement> States,
    IReadOnlyDictionary<string, JsonElement> CustomClaims);

/// <summary>The result of reading a token: its content or a refusal.</summary>
/// <param name="Content">The content; null when the token is refused.</param>
/// <param name="Refusal">The refusal; null when the token is valid.</param>
internal readonly record struct TokenReading(TokenContent? Content, HeliosException? Refusal)
{
    /// <summary>Whether the token is refused because its starling was closed for good or has said goodbye.</summary>
    public bool IsClosedForGood { get; init; }
}

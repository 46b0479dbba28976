using System.Text.Json;

namespace HeliosStarling;

/// <summary>What an authentic token says.</summary>
/// <param name="StarlingId">Whose it is.</param>
/// <param name="Timestamp">When it was made.</param>
/// <param name="States">Namespace to saved state.</param>
/// <param name="CustomClaims">What the application put in.</param>
internal sealed record TokenContent(
    string StarlingId, DateTimeOffset Timestamp, IReadOnlyDictionary<string, JsonElement> States,
    IReadOnlyDictionary<string, JsonElement> CustomClaims);

/// <summary>What reading a token gave: its content, or why it is refused.</summary>
/// <param name="Content">What it says; null when it is refused.</param>
/// <param name="Refusal">Why it is refused; null when it is good.</param>
internal readonly record struct TokenReading(TokenContent? Content, HeliosException? Refusal)
{
    /// <summary>Whether it is refused because its starling was closed for good, or has said goodbye.</summary>
    public bool IsClosedForGood { get; init; }
}

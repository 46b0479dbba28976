using System.Text.Json;

namespace HeliosStarling;

/// <summary>Reads the claims of an authentic token. Claims that are absent or of another kind are null.</summary>
/// <remarks>Text that is not valid Unicode throws; check <see cref="IsUnicode"/> first.</remarks>
internal readonly struct ClaimReader(JsonElement claims)
{
    /// <summary>Whether all text claims are valid Unicode. JSON escapes can form text that is not.</summary>
    public bool IsUnicode
    {
        get
        {
            try
            {
                _ = (StarlingId, Subject, StatesRef, States, Custom);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    public string? StarlingId => Text(TokenClaims.StarlingId) is { Length: > 0 and <= 128 } id ? id : null;

    public string? Subject => Text(TokenClaims.Subject);

    public string? StatesRef => Text(TokenClaims.StatesRef);

    public DateTimeOffset? Timestamp => Number(TokenClaims.Timestamp) is { } milliseconds ? UnixTime.FromMilliseconds(milliseconds) : null;

    public DateTimeOffset? Expires => Time(TokenClaims.Expires);

    public DateTimeOffset? IssuedAt => Time(TokenClaims.IssuedAt);

    public DateTimeOffset? NotBefore => Time(TokenClaims.NotBefore);

    public IReadOnlyDictionary<string, JsonElement>? States =>
        claims.TryGetProperty(TokenClaims.States, out var states) && states.ValueKind == JsonValueKind.Object ? ToDictionary(states) : null;

    public IReadOnlyDictionary<string, JsonElement> Custom =>
        claims.EnumerateObject().Where(claim => !TokenClaims.IsReserved(claim.Name)).DistinctBy(claim => claim.Name).ToDictionary(
            claim => claim.Name, claim => claim.Value);

    public static IReadOnlyDictionary<string, JsonElement>? ReadStates(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? ToDictionary(document.RootElement.Clone()) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The JSON is invalid, or a name in it is not valid Unicode.
            return null;
        }
    }

    private static Dictionary<string, JsonElement> ToDictionary(JsonElement states)
    {
        var read = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var state in states.EnumerateObject()) read[state.Name] = state.Value;
        return read;
    }

    private string? Text(string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private long? Number(string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;

    private DateTimeOffset? Time(string name) => Number(name) is { } seconds ? UnixTime.FromSeconds(seconds) : null;
}

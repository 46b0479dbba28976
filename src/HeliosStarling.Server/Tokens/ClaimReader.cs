using System.Text.Json;

namespace HeliosStarling;

/// <summary>Reads the claims of an authentic token; what is missing or of another kind is null.</summary>
internal readonly struct ClaimReader(JsonElement claims)
{
    public string? StarlingId => Text(TokenClaims.StarlingId) is { Length: > 0 and <= 128 } id ? id : null;

    public string? Subject => Text(TokenClaims.Subject);

    public string? StatesRef => Text(TokenClaims.StatesRef);

    public DateTimeOffset? Timestamp => Number(TokenClaims.Timestamp) is { } ms && ms is >= 0 and <= MaxTime * 1000 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    public DateTimeOffset? Expires => Time(TokenClaims.Expires);

    public DateTimeOffset? IssuedAt => Time(TokenClaims.IssuedAt);

    public DateTimeOffset? NotBefore => Time(TokenClaims.NotBefore);

    public IReadOnlyDictionary<string, JsonElement>? States =>
        claims.TryGetProperty(TokenClaims.States, out var states) && states.ValueKind == JsonValueKind.Object ? ToDictionary(states) : null;

    public IReadOnlyDictionary<string, JsonElement> Custom =>
        claims.EnumerateObject().Where(claim => !TokenClaims.IsOwn(claim.Name)).DistinctBy(claim => claim.Name).ToDictionary(claim => claim.Name, claim => claim.Value);

    // The year 9999: what a DateTimeOffset holds.
    private const long MaxTime = 253_402_300_799;

    public static IReadOnlyDictionary<string, JsonElement>? ReadStates(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? ToDictionary(document.RootElement.Clone()) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, JsonElement> ToDictionary(JsonElement states)
    {
        var read = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var state in states.EnumerateObject()) read[state.Name] = state.Value;
        return read;
    }

    private string? Text(string name) => claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private long? Number(string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private DateTimeOffset? Time(string name) =>
        Number(name) is { } seconds && seconds is >= 0 and <= MaxTime ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}

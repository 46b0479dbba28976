using System.Buffers;
using System.Text;
using System.Text.Json;

namespace HeliosStarling;

/// <summary>Writes the claims of a new token.</summary>
internal sealed class TokenDraft
{
    private readonly Engine _engine;
    private readonly string _starlingId;
    private readonly string? _subject;
    private readonly TimeSpan _expiresIn;
    private readonly IReadOnlyDictionary<string, object>? _custom;
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _now;

    /// <exception cref="ArgumentException">A custom claim has a reserved name.</exception>
    public TokenDraft(Engine engine, string starlingId, string? subject, TimeSpan expiresIn, IReadOnlyDictionary<string, object>? custom)
    {
        (_engine, _starlingId, _subject, _expiresIn, _custom, _now) = (
            engine, starlingId, subject, expiresIn, custom, engine.Time.GetUtcNow());
        if (custom?.Keys.FirstOrDefault(TokenClaims.IsReserved) is { } name)
            throw new ArgumentException(
                $"Custom claim '{name}' has the name of a claim of the token's own. Choose another name.", nameof(custom));
    }

    /// <summary>
    /// The key for states that do not fit into the token. It is one key per starling, because otherwise each requested token would take
    /// more memory. So each token of the starling restores the newest states.
    /// </summary>
    public string StoreKey => StoreKeyOf(_starlingId);

    public static string StoreKeyOf(string starlingId) => $"states:{starlingId}";

    public static byte[] WriteStates(IReadOnlyDictionary<string, JsonElement> states)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        WriteStates(json, states);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <param name="states">The states; null when they are in the store.</param>
    public string Write(IReadOnlyDictionary<string, JsonElement>? states)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString(TokenClaims.StarlingId, _starlingId);
        json.WriteNumber(TokenClaims.Timestamp, _now.ToUnixTimeMilliseconds());
        json.WriteNumber(TokenClaims.IssuedAt, _now.ToUnixTimeSeconds());
        json.WriteNumber(TokenClaims.Expires, (_now + _expiresIn).ToUnixTimeSeconds());
        json.WriteString(TokenClaims.Id, _id);
        if (_subject is not null) json.WriteString(TokenClaims.Subject, _subject);
        if (states is null) json.WriteString(TokenClaims.StatesRef, StoreKey);
        else
        {
            json.WritePropertyName(TokenClaims.States);
            WriteStates(json, states);
        }
        foreach (var (name, value) in _custom ?? new Dictionary<string, object>()) WriteCustom(json, name, value);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteCustom(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(name);
        if (value is null) json.WriteNullValue();
        else JsonSerializer.Serialize(json, value, _engine.TypeInfo(value.GetType()));
    }

    private static void WriteStates(Utf8JsonWriter json, IReadOnlyDictionary<string, JsonElement> states)
    {
        json.WriteStartObject();
        foreach (var (name, state) in states)
        {
            json.WritePropertyName(name);
            state.WriteTo(json);
        }
        json.WriteEndObject();
    }
}

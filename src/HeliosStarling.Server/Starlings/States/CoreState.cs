using System.Text.Json;

namespace HeliosStarling;

/// <summary>
/// The library's own states of a starling: <c>connection</c> <c>{lastConnected}</c> and <c>info</c> <c>{createdAt}</c>, in Unix
/// milliseconds.
/// </summary>
internal static class CoreState
{
    private const string LastConnected = "lastConnected";
    private const string CreatedAt = "createdAt";

    public static Dictionary<string, JsonElement> Save(Starling starling) => new(StringComparer.Ordinal)
    {
        [StateNames.Connection] = Write(LastConnected, starling.LastConnected),
        [StateNames.Info] = Write(CreatedAt, starling.CreatedAt),
    };

    public static void Restore(Starling starling, IReadOnlyDictionary<string, JsonElement> states)
    {
        if (Read(states, StateNames.Info, CreatedAt) is { } created) starling.CreatedAt = created;
        if (Read(states, StateNames.Connection, LastConnected) is { } connected) starling.LastConnected = connected;
    }

    private static JsonElement Write(string name, DateTimeOffset time)
    {
        var json = $$"""{"{{name}}":{{time.ToUnixTimeMilliseconds()}}}""";
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static DateTimeOffset? Read(IReadOnlyDictionary<string, JsonElement> states, string @namespace, string name) =>
        states.TryGetValue(@namespace, out var state) && state.ValueKind == JsonValueKind.Object
        && state.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var time)
            ? UnixTime.FromMilliseconds(time) : null;
}

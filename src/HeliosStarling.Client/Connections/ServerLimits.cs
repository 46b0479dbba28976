using System.Text.Json;

namespace HeliosStarling;

/// <summary>What a server takes, as its welcome says (docs/protocol.md section 7, rule 3).</summary>
/// <param name="MessageSize">The largest message in bytes.</param>
/// <param name="Requests">How many requests of this client may be open.</param>
/// <param name="RequestBytes">How many bytes they may have together.</param>
internal sealed record ServerLimits(int MessageSize, int Requests, long RequestBytes)
{
    /// <summary>A server that does not say.</summary>
    public static readonly ServerLimits None = new(int.MaxValue, int.MaxValue, long.MaxValue);

    /// <summary>Reads the data of a welcome. What is missing or no sensible number is no limit.</summary>
    public static ServerLimits Read(JsonElement welcome)
    {
        if (!welcome.TryGetProperty("limits", out var limits) || limits.ValueKind != JsonValueKind.Object) return None;
        return new ServerLimits(
            (int)Number(limits, "maxMessageSize", int.MaxValue), (int)Number(limits, "maxRequests", int.MaxValue),
            Number(limits, "maxRequestBytes", long.MaxValue));
    }

    private static long Number(JsonElement limits, string name, long most) =>
        limits.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var number)
            && number > 0 ? Math.Min(number, most) : most;
}

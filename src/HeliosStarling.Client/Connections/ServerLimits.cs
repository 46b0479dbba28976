using System.Text.Json;

namespace HeliosStarling;

/// <summary>The limits of a server, from its welcome (docs/protocol.md section 7, rule 3).</summary>
/// <param name="MessageSize">The maximum size of a message in bytes.</param>
/// <param name="Requests">The maximum number of open requests of this client.</param>
/// <param name="RequestBytes">The maximum size of these requests together, in bytes.</param>
internal sealed record ServerLimits(int MessageSize, int Requests, long RequestBytes)
{
    /// <summary>The limits of a server that reports none.</summary>
    public static readonly ServerLimits None = new(int.MaxValue, int.MaxValue, long.MaxValue);

    /// <summary>Reads the limits of a welcome. A value that is absent or invalid is no limit.</summary>
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

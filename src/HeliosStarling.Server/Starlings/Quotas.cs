using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Errors for a starling that exceeds a quota.</summary>
internal static class Quotas
{
    /// <summary>An error that is also sent to the client when a handler does not catch it.</summary>
    public static HeliosException Exceeded(string what, int limit) =>
        new(ErrorCodes.RateQuotaExceeded, $"A starling has at most {limit} {what}.", JsonElement.Parse($$"""{"limit":{{limit}}}"""));

    /// <summary>The same error when the memory of all is used up.</summary>
    public static HeliosException NoMemory(string what) =>
        new(ErrorCodes.RateQuotaExceeded, $"There is no memory left for more {what}: MaxBufferedBytes is used up.");
}

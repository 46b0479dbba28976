using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What a starling has too much of.</summary>
internal static class Quotas
{
    /// <summary>A failure that also is the answer of the handler that asks for too much on behalf of its client.</summary>
    public static HeliosException Exceeded(string what, int limit) =>
        new(ErrorCodes.RateQuotaExceeded, $"A starling has at most {limit} {what}.", JsonElement.Parse($$"""{"limit":{{limit}}}"""));

    /// <summary>The same, when the memory for all is used up.</summary>
    public static HeliosException NoMemory(string what) =>
        new(ErrorCodes.RateQuotaExceeded, $"There is no memory left for more {what}: MaxBufferedBytes is used up.");
}

using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What a message is refused with that is larger than the other side takes.</summary>
internal static class TooLarge
{
    /// <param name="what">The message, as the subject of a sentence.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="limit">How many bytes are taken.</param>
    public static HeliosException Of(string what, long size, long limit) =>
        new(ErrorCodes.RequestPayloadTooLarge, $"{what} has {size} bytes; at most {limit} are taken.", JsonElement.Parse($$"""{"size":{{size}},"limit":{{limit}}}"""));
}

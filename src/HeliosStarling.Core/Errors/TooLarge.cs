using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Creates the errors for messages that exceed the size limit of their receiver.</summary>
internal static class TooLarge
{
    /// <summary>Creates the error for a message that is not sent.</summary>
    /// <param name="what">The message, as the subject of a sentence.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="limit">The size limit of the other side in bytes.</param>
    public static HeliosException ToSend(string what, long size, long limit) =>
        Of(
            $"{what} has {size} bytes, and the other side takes at most {limit}. Send less at a time, or raise MaxMessageSize there.",
            size,
            limit);

    /// <summary>Creates the error for a received answer that was not read.</summary>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="limit">The size limit of this side in bytes.</param>
    public static HeliosException ToRead(long size, long limit) =>
        Of(
            $"The answer has {size} bytes, and this side takes at most {limit}. Ask for less at a time, or raise MaxMessageSize here.",
            size,
            limit);

    private static HeliosException Of(string text, long size, long limit) =>
        new(ErrorCodes.RequestPayloadTooLarge, text, JsonElement.Parse($$"""{"size":{{size}},"limit":{{limit}}}"""));
}

using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>The handlers of messages that are no requests and no notifications. Failures are logged; the message goes on to the next handler.</summary>
/// <param name="logger">Where failures go.</param>
internal sealed class MessageHandlers<TText, TJson, TBinary, TError>(ILogger logger)
{
    public HandlerList<TText> Text { get; init; } = new(logger, "text");

    public HandlerList<TJson> Json { get; init; } = new(logger, "json");

    public HandlerList<TBinary> Binary { get; init; } = new(logger, "binary");

    public HandlerList<TError> Error { get; init; } = new(logger, "error");
}

using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// The handlers of messages that are no requests and no notifications. Failures are logged; the message goes on to the next handler.
/// </summary>
/// <param name="logger">Where failures go.</param>
/// <param name="guard">Refuses handlers that come too late. Default none.</param>
internal sealed class MessageHandlers<TText, TJson, TBinary, TError>(ILogger logger, RegistrationGuard? guard = null)
{
    public HandlerList<TText> Text { get; init; } = new(logger, "text", guard: guard);

    public HandlerList<TJson> Json { get; init; } = new(logger, "json", guard: guard);

    public HandlerList<TBinary> Binary { get; init; } = new(logger, "binary", guard: guard);

    public HandlerList<TError> Error { get; init; } = new(logger, "error", guard: guard);
}

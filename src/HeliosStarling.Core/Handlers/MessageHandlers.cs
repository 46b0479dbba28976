using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>
/// The handlers of messages other than requests and notifications. The exception of a handler is logged, and the next handler runs.
/// </summary>
/// <param name="logger">The logger for exceptions of handlers.</param>
/// <param name="guard">Rejects handlers that are registered too late. Default: none.</param>
internal sealed class MessageHandlers<TText, TJson, TBinary, TError>(ILogger logger, RegistrationGuard? guard = null)
{
    public HandlerList<TText> Text { get; init; } = new(logger, "text", guard: guard);

    public HandlerList<TJson> Json { get; init; } = new(logger, "json", guard: guard);

    public HandlerList<TBinary> Binary { get; init; } = new(logger, "binary", guard: guard);

    public HandlerList<TError> Error { get; init; } = new(logger, "error", guard: guard);
}

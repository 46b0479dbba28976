namespace HeliosStarling;

/// <summary>
/// The handlers of messages other than requests and notifications. The exception of a handler is logged, and the next handler runs.
/// </summary>
/// <param name="log">The log for exceptions of handlers.</param>
/// <param name="guard">Rejects handlers that are registered too late. Default: none.</param>
internal sealed class MessageHandlers<TText, TJson, TBinary, TError>(HandlerLog log, RegistrationGuard? guard = null)
{
    public HandlerList<TText> Text { get; init; } = new(log, "OnText", guard: guard);

    public HandlerList<TJson> Json { get; init; } = new(log, "OnJson", guard: guard);

    public HandlerList<TBinary> Binary { get; init; } = new(log, "OnBinary", guard: guard);

    public HandlerList<TError> Error { get; init; } = new(log, "OnError", guard: guard);
}

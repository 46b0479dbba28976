namespace HeliosStarling;

/// <summary>
/// The handlers of messages that are no requests and no notifications. Failures are logged; the message goes on to the next handler.
/// </summary>
/// <param name="log">Where failures go.</param>
/// <param name="guard">Refuses handlers that come too late. Default none.</param>
internal sealed class MessageHandlers<TText, TJson, TBinary, TError>(HandlerLog log, RegistrationGuard? guard = null)
{
    public HandlerList<TText> Text { get; init; } = new(log, "OnText", guard: guard);

    public HandlerList<TJson> Json { get; init; } = new(log, "OnJson", guard: guard);

    public HandlerList<TBinary> Binary { get; init; } = new(log, "OnBinary", guard: guard);

    public HandlerList<TError> Error { get; init; } = new(log, "OnError", guard: guard);
}

namespace HeliosStarling;

/// <summary>The handlers of one kind of event or message. The exception of a handler is logged, and the next handler runs.</summary>
/// <param name="log">The log for exceptions of handlers.</param>
/// <param name="what">The method with which the handlers were registered, for the log. An event has its own name there.</param>
/// <param name="refuse">Called when a handler refuses the argument with a <see cref="HeliosException"/>, to inform its sender. Default:
/// this is a failure like any other exception.</param>
/// <param name="guard">Rejects handlers that are added too late. Default: none.</param>
/// <remarks>Safe to call concurrently. Handlers run one after another, in the order in which they were added.</remarks>
internal sealed class HandlerList<T>(
    HandlerLog log, string what, Action<T, HeliosException>? refuse = null, RegistrationGuard? guard = null)
{
    private readonly Lock _lock = new();
    private volatile Registration[] _registrations = [];

    public bool IsEmpty => _registrations.Length == 0;

    public IDisposable Add(Func<T, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        guard?.ThrowIfEnded();
        var registration = new Registration(this, handler);
        lock (_lock) _registrations = [.. _registrations, registration];
        return registration;
    }

    public IDisposable Add(Action<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Add(argument =>
        {
            handler(argument);
            return default;
        });
    }

    public ValueTask InvokeAsync(T argument)
    {
        var running = TryInvokeAsync(argument);
        if (!running.IsCompletedSuccessfully) return new ValueTask(running.AsTask());
        _ = running.Result;
        return default;
    }

    /// <returns>False when a handler failed.</returns>
    public async ValueTask<bool> TryInvokeAsync(T argument)
    {
        var hasFailed = false;
        foreach (var registration in _registrations)
        {
            try
            {
                await registration.Handler(argument).ConfigureAwait(false);
            }
            catch (HeliosException refusal) when (refuse is not null && !refusal.IsOfRequest)
            {
                Refuse(argument, refusal);
            }
            catch (Exception exception)
            {
                hasFailed = true;
                log.ListenerFailed(NameOf(argument), exception);
            }
        }
        return !hasFailed;
    }

    private void Refuse(T argument, HeliosException refusal)
    {
        log.Refused(NameOf(argument), refusal.Code);
        try
        {
            refuse!(argument, refusal);
        }
        catch (Exception exception)
        {
            // The details of the error cannot be serialized.
            log.ListenerFailed(NameOf(argument), exception);
        }
    }

    private string NameOf(T argument) => argument is INamedEvent { Name: var name } ? name : what;

    private void Remove(Registration registration)
    {
        lock (_lock) _registrations = [.. _registrations.Where(other => other != registration)];
    }

    private sealed class Registration(HandlerList<T> list, Func<T, ValueTask> handler) : IDisposable
    {
        public Func<T, ValueTask> Handler => handler;

        public void Dispose() => list.Remove(this);
    }
}

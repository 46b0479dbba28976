namespace HeliosStarling;

/// <summary>Handlers of one kind of happening. A handler that fails is logged and harms nobody.</summary>
/// <param name="log">Where failures go.</param>
/// <param name="what">What the handlers were registered with, for the log; an event goes by its own name.</param>
/// <param name="refuse">Tells the sender of what a handler refuses with a <see cref="HeliosException"/>, which is no failure then. Default:
/// it is one.</param>
/// <param name="guard">Refuses handlers that come too late. Default none.</param>
/// <remarks>Safe to call concurrently; handlers run one after another, in the order in which they were added.</remarks>
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

    /// <returns>False when a handler has failed.</returns>
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
            // Its details cannot be serialized.
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

using System.Runtime.CompilerServices;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What happens to connections, by name and pattern.</summary>
/// <typeparam name="TEvent">What all events here are.</typeparam>
/// <remarks>
/// Safe to call concurrently. Handlers of one event run one after another, in the order of registration; one that fails is logged and harms
/// nobody.
/// </remarks>
public sealed class EventHub<TEvent>
    where TEvent : class, INamedEvent
{
    private readonly HandlerList<TEvent> _handlers;

    internal EventHub(HandlerLog log, RegistrationGuard? guard = null) =>
        _handlers = new HandlerList<TEvent>(log, "an event", guard: guard);

    /// <summary>Calls <paramref name="handler"/> for each event whose name matches.</summary>
    /// <param name="pattern">A name; <c>*</c> stands for one segment, a final <c>**</c> for the rest.</param>
    /// <param name="handler">What to call.</param>
    /// <returns>Dispose of it to stop listening.</returns>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    /// <exception cref="ObjectDisposedException">The server or client whose events these are has ended.</exception>
    [OverloadResolutionPriority(1)]
    public IDisposable On(string pattern, Func<TEvent, ValueTask> handler) => On<TEvent>(pattern, handler);

    /// <inheritdoc cref="On(string, Func{TEvent, ValueTask})"/>
    public IDisposable On(string pattern, Action<TEvent> handler) => On<TEvent>(pattern, handler);

    /// <summary>Calls <paramref name="handler"/> for each event of type <typeparamref name="T"/> whose name matches.</summary>
    /// <inheritdoc cref="On(string, Func{TEvent, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public IDisposable On<T>(string pattern, Func<T, ValueTask> handler)
        where T : TEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        var parsed = TopicPattern.Parse(pattern);
        return _handlers.Add(happened => happened is T typed && parsed.Matches(happened.Name) ? handler(typed) : default);
    }

    /// <inheritdoc cref="On{T}(string, Func{T, ValueTask})"/>
    public IDisposable On<T>(string pattern, Action<T> handler)
        where T : TEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On<T>(pattern, happened =>
        {
            handler(happened);
            return default;
        });
    }

    /// <summary>Whether nobody listens.</summary>
    internal bool IsEmpty => _handlers.IsEmpty;

    internal ValueTask EmitAsync(TEvent happened) => _handlers.InvokeAsync(happened);
}

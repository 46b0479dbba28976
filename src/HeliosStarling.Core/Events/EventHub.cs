using System.Runtime.CompilerServices;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Events about connections, to which handlers subscribe by name or pattern.</summary>
/// <typeparam name="TEvent">The base type of the events.</typeparam>
/// <remarks>
/// Safe to call concurrently. Handlers of one event run one after another, in the order of registration. The exception of a handler is
/// logged, and the next handler runs.
/// </remarks>
public sealed class EventHub<TEvent>
    where TEvent : class, INamedEvent
{
    private readonly HandlerList<TEvent> _handlers;

    internal EventHub(HandlerLog log, RegistrationGuard? guard = null) =>
        _handlers = new HandlerList<TEvent>(log, "an event", guard: guard);

    /// <summary>Calls <paramref name="handler"/> for each event whose name matches.</summary>
    /// <param name="pattern">A name in which <c>*</c> matches one segment and a final <c>**</c> matches the rest.</param>
    /// <param name="handler">The handler to call.</param>
    /// <returns>An object to dispose of to remove the handler.</returns>
    /// <exception cref="ArgumentException">The pattern is malformed.</exception>
    /// <exception cref="ObjectDisposedException">The server or client has ended.</exception>
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
        return _handlers.Add(occurred => occurred is T typed && parsed.Matches(occurred.Name) ? handler(typed) : default);
    }

    /// <inheritdoc cref="On{T}(string, Func{T, ValueTask})"/>
    public IDisposable On<T>(string pattern, Action<T> handler)
        where T : TEvent
    {
        ArgumentNullException.ThrowIfNull(handler);
        return On<T>(pattern, occurred =>
        {
            handler(occurred);
            return default;
        });
    }

    /// <summary>Indicates whether there are no handlers.</summary>
    internal bool IsEmpty => _handlers.IsEmpty;

    internal ValueTask EmitAsync(TEvent occurred) => _handlers.InvokeAsync(occurred);
}

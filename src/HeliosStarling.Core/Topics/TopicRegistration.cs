namespace HeliosStarling;

/// <summary>A registered handler of a topic pattern. Dispose of it to remove the handler.</summary>
/// <typeparam name="TContext">The type of the notification context.</typeparam>
/// <remarks>Safe to use concurrently.</remarks>
public sealed class TopicRegistration<TContext> : IDisposable
{
    private readonly IDisposable _subscription;

    internal TopicRegistration(IServiceProvider? services, Func<TopicRegistration<TContext>, IDisposable> subscribe)
    {
        Services = services;
        _subscription = subscribe(this);
    }

    /// <summary>The service provider of the application; null when there is none.</summary>
    internal IServiceProvider? Services { get; }

    /// <summary>The guards, which decide whether a notification is handled. They run before all filters.</summary>
    internal AppendList<Guard<TContext>> Guards { get; } = new();

    /// <summary>The filters of this handler. They run inside the filters of all topics.</summary>
    internal AppendList<Func<TContext, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}

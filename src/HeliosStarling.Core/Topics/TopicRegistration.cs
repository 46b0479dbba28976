namespace HeliosStarling;

/// <summary>A registered handler of a topic pattern. Dispose of it to stop listening.</summary>
/// <typeparam name="TContext">What the handler knows of a notification.</typeparam>
/// <remarks>Safe to use concurrently.</remarks>
public sealed class TopicRegistration<TContext> : IDisposable
{
    private readonly IDisposable _subscription;

    internal TopicRegistration(IServiceProvider? services, Func<TopicRegistration<TContext>, IDisposable> subscribe)
    {
        Services = services;
        _subscription = subscribe(this);
    }

    /// <summary>The services of the application that registered the handler; null when it has none to give.</summary>
    internal IServiceProvider? Services { get; }

    /// <summary>What decides whether a notification comes in at all, before all filters.</summary>
    internal AppendList<Guard<TContext>> Guards { get; } = new();

    /// <summary>The handler's own filters, inside those of all topics.</summary>
    internal AppendList<Func<TContext, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}

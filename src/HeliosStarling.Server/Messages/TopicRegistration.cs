namespace HeliosStarling;

/// <summary>A registered handler of a topic pattern. Dispose of it to stop listening.</summary>
/// <remarks>Safe to use concurrently.</remarks>
public sealed class TopicRegistration : IDisposable
{
    private readonly IDisposable _subscription;

    internal TopicRegistration(Helios helios, Func<TopicRegistration, IDisposable> subscribe)
    {
        Helios = helios;
        _subscription = subscribe(this);
    }

    internal Helios Helios { get; }

    /// <summary>What decides whether a notification comes in at all, before all filters.</summary>
    internal AppendList<Guard<TopicContext>> Guards { get; } = new();

    /// <summary>The handler's own filters, inside those of all topics.</summary>
    internal AppendList<Func<TopicContext, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>Adds a filter of this handler's own, inside those of <see cref="Helios.UseNotification"/>.</summary>
    /// <param name="filter">Calls its second argument to go on; without that call the handler does not run. What it throws is logged.</param>
    /// <returns>This registration.</returns>
    public TopicRegistration Use(Func<TopicContext, Func<ValueTask>, ValueTask> filter)
    {
        Filters.Add(filter);
        return this;
    }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}

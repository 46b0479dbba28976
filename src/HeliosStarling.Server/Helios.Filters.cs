namespace HeliosStarling;

public sealed partial class Helios
{
    /// <summary>Adds a filter around the handlers of all methods, those included that are built in or registered later.</summary>
    /// <param name="filter">Calls its second argument to go on. Without that call, and without an answer, the request fails with
    /// <c>METHOD_NOT_ALLOWED</c>. What it throws is the failure, as of a handler.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    /// <remarks>Filters run in the order in which they were added, then the method's own, then the handler. Rate limits and authorization
    /// come before them.</remarks>
    public Helios Use(Func<RequestContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Node.Guard.ThrowIfEnded();
        Node.Dispatcher.Filters.Add((request, next) => filter(RequestContext.Of(request), next));
        return this;
    }

    /// <summary>Adds a filter around the handlers of all topics, those included that are registered later.</summary>
    /// <param name="filter">Calls its second argument to go on; without that call the handler does not run. What it throws is
    /// logged.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    /// <remarks>It runs once for each handler that a notification reaches, in the order in which filters were added.</remarks>
    public Helios UseNotification(Func<TopicContext, Func<ValueTask>, ValueTask> filter)
    {
        Node.Guard.ThrowIfEnded();
        Registry.Topics.Filters.Add(filter);
        return this;
    }

    /// <summary>
    /// Adds a filter around the arrival of each new starling: around the handlers of <c>starling:new</c> and <c>OnConnection</c>, before
    /// its first message.
    /// </summary>
    /// <param name="filter">Calls its second argument to go on. Without that call, or when it throws, the connection is closed with 1008;
    /// the code of a <see cref="HeliosException"/> is the reason. It must not await a request to the starling.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    public Helios UseConnection(Func<Starling, Func<ValueTask>, ValueTask> filter)
    {
        Node.Guard.ThrowIfEnded();
        Node.ConnectionFilters.Add(filter);
        return this;
    }

    /// <summary>
    /// Adds a filter of upgrade requests, on both listeners: it reads headers, sets the user, and calls the next one or refuses. Filters
    /// run in the order in which they were added.
    /// </summary>
    /// <param name="filter">Calls its second argument to go on. Without that call the upgrade is refused with 403, or as
    /// <see cref="UpgradeContext.Refuse"/> says.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    public Helios UseUpgrade(Func<UpgradeContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Node.Guard.ThrowIfEnded();
        Gate.Filters.Add((context, next) => filter(context, () => context.Refusal is null ? next() : default));
        return this;
    }
}

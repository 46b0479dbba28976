namespace HeliosStarling;

public sealed partial class Helios
{
    /// <summary>
    /// Adds a filter around the handlers of all methods, including built-in methods and methods that are registered later.
    /// </summary>
    /// <param name="filter">The filter. Its second argument calls the next filter or the handler. Without that call and without an answer,
    /// the request fails with <c>METHOD_NOT_ALLOWED</c>. An exception fails the request like one of the handler.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    /// <remarks>Filters run in the order in which they were added, then the method's own filters, then the handler. Rate limits and
    /// authorization are checked before.</remarks>
    public Helios Use(Func<RequestContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Node.Guard.ThrowIfEnded();
        Node.Dispatcher.Filters.Add((request, next) => filter(RequestContext.Of(request), next));
        return this;
    }

    /// <summary>Adds a filter around the handlers of all topics, including topics that are registered later.</summary>
    /// <param name="filter">The filter. Its second argument calls the next filter or the handler. Without that call the handler does not
    /// run. An exception is logged.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    /// <remarks>The filter runs once for each handler of a notification, in the order in which filters were added.</remarks>
    public Helios UseNotification(Func<TopicContext, Func<ValueTask>, ValueTask> filter)
    {
        Node.Guard.ThrowIfEnded();
        Registry.Topics.Filters.Add(filter);
        return this;
    }

    /// <summary>
    /// Adds a filter around the greeting of each new starling: around the handlers of <c>starling:new</c> and <c>OnConnection</c>, before
    /// the starling's first message is handled.
    /// </summary>
    /// <param name="filter">The filter. Its second argument calls the next filter or the handlers. Without that call, or when the filter
    /// throws, the connection is closed with 1008. The code of a <see cref="HeliosException"/> becomes the close reason. The filter must
    /// not await a request to the starling.</param>
    /// <returns>This server.</returns>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    public Helios UseConnection(Func<Starling, Func<ValueTask>, ValueTask> filter)
    {
        Node.Guard.ThrowIfEnded();
        Node.ConnectionFilters.Add(filter);
        return this;
    }

    /// <summary>
    /// Adds a filter of upgrade requests, for both listeners. A filter can read headers, set the user and refuse the request. Filters run
    /// in the order in which they were added.
    /// </summary>
    /// <param name="filter">The filter. Its second argument calls the next filter. Without that call the upgrade is refused with 403, or as
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

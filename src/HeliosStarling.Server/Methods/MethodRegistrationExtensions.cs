namespace HeliosStarling;

/// <summary>What is said of a method that a server has registered. Methods of clients have none of this.</summary>
public static class MethodRegistrationExtensions
{
    /// <summary>Adds a filter of this method's own, inside those of <see cref="Helios.Use"/>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="filter">Calls its second argument to go on. Without that call, and without an answer, the request fails with
    /// <c>METHOD_NOT_ALLOWED</c>. What it throws is the failure, as of a handler.</param>
    /// <returns>The registration.</returns>
    public static MethodRegistration<RequestContext> Use(
        this MethodRegistration<RequestContext> method, Func<RequestContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(filter);
        method.Entry.Filters.Add((request, next) => filter(RequestContext.Of(request), next));
        return method;
    }

    /// <summary>
    /// Limits how often the method may be called; a call over the limit fails with <c>RATE_LIMIT_EXCEEDED</c> <c>{limit, reset}</c>.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="permits">How many calls are allowed in each window, and at once after a pause. Between 1 and 1,000,000,000.</param>
    /// <param name="window">How long a window is. Between 1 ms and 1 day.</param>
    /// <param name="scope">Who shares the limit. Default each starling has its own.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public static MethodRegistration<RequestContext> LimitRate(
        this MethodRegistration<RequestContext> method, int permits, TimeSpan window, RateLimitScope scope = RateLimitScope.Starling)
    {
        ArgumentNullException.ThrowIfNull(method);
        var limit = new RateLimit(permits, window);
        if (limit.FindFaults($"The limit of method '{method.Name}'").FirstOrDefault() is { } fault) throw new ArgumentException(fault);
        // Those over the limit shall not cost a look at who they are.
        method.Entry.Guards.AddFirst(new MethodLimit(limit, scope).CheckAsync);
        return method;
    }
}

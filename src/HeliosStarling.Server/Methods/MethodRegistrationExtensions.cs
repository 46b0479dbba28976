namespace HeliosStarling;

/// <summary>Configures methods of a server. Methods of clients do not have these settings.</summary>
public static class MethodRegistrationExtensions
{
    /// <summary>Adds a filter to this method. It runs inside the filters of <see cref="Helios.Use"/>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="filter">The filter. Its second argument calls the next filter or the handler. Without that call and without an answer,
    /// the request fails with <c>METHOD_NOT_ALLOWED</c>. An exception fails the request like one of the handler.</param>
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
    /// Limits the rate of calls. A call over the limit fails with <c>RATE_LIMIT_EXCEEDED</c> <c>{limit, reset}</c>.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="permits">The number of calls per window, and at once after a pause. Between 1 and 1,000,000,000.</param>
    /// <param name="window">The length of the window. Between 1 ms and 1 day.</param>
    /// <param name="scope">The starlings that share the limit. Default each starling has its own.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static MethodRegistration<RequestContext> LimitRate(
        this MethodRegistration<RequestContext> method, int permits, TimeSpan window, RateLimitScope scope = RateLimitScope.Starling)
    {
        ArgumentNullException.ThrowIfNull(method);
        var limit = new RateLimit(permits, window);
        if (limit.FindFaults($"The limit of method '{method.Name}'").FirstOrDefault() is { } fault) throw new ArgumentException(fault);
        // The limit comes first: a refused call must not cost an authorization check.
        method.Entry.Guards.AddFirst(new MethodLimit(limit, scope).CheckAsync);
        return method;
    }
}

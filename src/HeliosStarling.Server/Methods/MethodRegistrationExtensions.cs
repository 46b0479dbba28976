namespace HeliosStarling;

/// <summary>What a server can say of a method that it has registered.</summary>
public static class MethodRegistrationExtensions
{
    /// <summary>Adds a filter of this method's own, inside those of <see cref="Helios.Use"/>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="filter">Calls its second argument to go on. Without that call, and without an answer, the request fails with
    /// <c>METHOD_NOT_ALLOWED</c>. What it throws is the failure, as of a handler.</param>
    /// <returns>The registration.</returns>
    public static MethodRegistration Use(this MethodRegistration method, Func<RequestContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(filter);
        method.Entry.Filters.Add((request, next) => filter(RequestContext.Of(request), next));
        return method;
    }
}

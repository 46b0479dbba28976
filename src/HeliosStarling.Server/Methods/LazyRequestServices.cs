namespace HeliosStarling;

/// <summary>The services of a request, whose scope is made when the first of them is asked for.</summary>
internal sealed class LazyRequestServices(RequestContext context) : IServiceProvider
{
    public object? GetService(Type serviceType) => context.Services.GetService(serviceType);
}

namespace HeliosStarling;

/// <summary>The services of a request. Their scope is created when the first service is requested.</summary>
internal sealed class LazyRequestServices(RequestContext context) : IServiceProvider
{
    public object? GetService(Type serviceType) => context.Services.GetService(serviceType);
}

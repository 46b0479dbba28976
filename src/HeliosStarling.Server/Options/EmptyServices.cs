using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>The empty service provider of a server without a host.</summary>
internal sealed class EmptyServices : IServiceProvider, IServiceScopeFactory, IServiceScope, IServiceProviderIsKeyedService
{
    public static readonly EmptyServices Instance = new();

    public IServiceProvider ServiceProvider => this;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IServiceScopeFactory)
            || serviceType == typeof(IServiceProviderIsService)
            || serviceType == typeof(IServiceProviderIsKeyedService) ? this : null;

    public bool IsService(Type serviceType) => false;

    public bool IsKeyedService(Type serviceType, object? serviceKey) => false;

    public IServiceScope CreateScope() => this;

    public void Dispose()
    {
    }
}

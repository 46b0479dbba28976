using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>What a server that stands on its own has for services: nothing, in every scope.</summary>
internal sealed class EmptyServices : IServiceProvider, IServiceScopeFactory, IServiceScope
{
    public static readonly EmptyServices Instance = new();

    public IServiceProvider ServiceProvider => this;

    public object? GetService(Type serviceType) => serviceType == typeof(IServiceScopeFactory) ? this : null;

    public IServiceScope CreateScope() => this;

    public void Dispose()
    {
    }
}

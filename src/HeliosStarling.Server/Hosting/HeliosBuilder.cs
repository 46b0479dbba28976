using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <inheritdoc/>
internal sealed class HeliosBuilder(IServiceCollection services, string name) : IHeliosBuilder
{
    public IServiceCollection Services => services;

    public string Name => name;

    public IHeliosBuilder Configure(Action<Helios, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton(new HeliosSetup(name, configure));
        return this;
    }
}

/// <summary>What an application does to one of its servers when it is made.</summary>
internal sealed record HeliosSetup(string Name, Action<Helios, IServiceProvider> Configure);

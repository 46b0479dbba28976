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

/// <summary>A configuration of one of the application's servers. It is applied when the server is created.</summary>
internal sealed record HeliosSetup(string Name, Action<Helios, IServiceProvider> Configure);

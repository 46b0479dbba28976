using HeliosStarling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Configures a server before it starts.</summary>
public interface IHeliosBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The name of the server; empty for the server without a name.</summary>
    string Name { get; }

    /// <summary>Adds a configuration that runs when the server is created, for example to register methods, topics and handlers.</summary>
    IHeliosBuilder Configure(Action<Helios, IServiceProvider> configure);
}

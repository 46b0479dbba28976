using HeliosStarling;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds to a server what it needs before it starts.</summary>
public interface IHeliosBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>The server's name; empty for the one without.</summary>
    string Name { get; }

    /// <summary>Registers methods, topics and handlers when the server is made.</summary>
    IHeliosBuilder Configure(Action<Helios, IServiceProvider> configure);
}

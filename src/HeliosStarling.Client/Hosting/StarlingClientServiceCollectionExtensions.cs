using HeliosStarling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds clients of Helios servers to an application.</summary>
public static class StarlingClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds a client. It is injected as <see cref="StarlingClient"/>, connected when the application starts, and closed when it stops.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="url">The address of the server: <c>ws://</c>, <c>wss://</c>, <c>http://</c> or <c>https://</c>.</param>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can arrive. Default none.</param>
    /// <returns>The services.</returns>
    /// <remarks>
    /// The application fails to start when the server cannot be reached. Afterwards the client reconnects by itself. The options are
    /// <c>IOptions</c>, so <c>services.Configure&lt;StarlingClientOptions&gt;(section)</c> sets them from the configuration. The client
    /// uses the application's logging, unless <see cref="StarlingClientOptions.LoggerFactory"/> is set. Blazor WebAssembly starts no hosted
    /// services: call <see cref="StarlingClient.ConnectAsync"/> there instead.
    /// </remarks>
    /// <exception cref="ArgumentException">The address has another scheme, or contains a user name or password.</exception>
    public static IServiceCollection AddStarlingClient(
        this IServiceCollection services, Uri url, Action<StarlingClientOptions>? configure = null,
        Action<StarlingClient, IServiceProvider>? setup = null) =>
        services.AddStarlingClient(Options.Options.DefaultName, url, configure, setup);

    /// <summary>Adds a client with a name. It is injected as a keyed <see cref="StarlingClient"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name of the client and of its options.</param>
    /// <param name="url">The address of the server.</param>
    /// <param name="configure">Sets the options. Default none.</param>
    /// <param name="setup">Registers methods, topics and handlers before the first message can arrive. Default none.</param>
    /// <inheritdoc cref="AddStarlingClient(IServiceCollection, Uri, Action{StarlingClientOptions}?, Action{StarlingClient, IServiceProvider}?)"/>
    public static IServiceCollection AddStarlingClient(
        this IServiceCollection services, string name, Uri url, Action<StarlingClientOptions>? configure = null,
        Action<StarlingClient, IServiceProvider>? setup = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(url);
        var address = ServerAddress.Of(url);
        var options = services.AddOptions<StarlingClientOptions>(name);
        if (configure is not null) options.Configure(configure);
        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name, address, setup));
        if (name.Length == 0) services.AddSingleton(provider => provider.GetRequiredKeyedService<StarlingClient>(name));
        return services.AddSingleton<IHostedService>(
            provider => new StarlingClientLifetime(provider.GetRequiredKeyedService<StarlingClient>(name)));
    }

    private static StarlingClient Create(IServiceProvider services, string name, Uri url, Action<StarlingClient, IServiceProvider>? setup)
    {
        var options = services.GetRequiredService<IOptionsMonitor<StarlingClientOptions>>().Get(name);
        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        var client = StarlingClient.Create(url, options);
        setup?.Invoke(client, services);
        return client;
    }
}

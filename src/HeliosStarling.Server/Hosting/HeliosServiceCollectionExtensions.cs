using System.Diagnostics.CodeAnalysis;
using HeliosStarling;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Helios servers to an application.</summary>
public static class HeliosServiceCollectionExtensions
{
    /// <summary>Adds a server. It is injected as <see cref="Helios"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options. They are validated when the application starts. Default none.</param>
    public static IHeliosBuilder AddHelios(this IServiceCollection services, Action<HeliosOptions>? configure = null) =>
        services.AddHelios(Options.Options.DefaultName, configure);

    /// <summary>
    /// Adds a server with options from the application's configuration, for example from the section <c>Helios</c> of appsettings.json.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="section">The options by their names: <c>"Helios": { "MaxConnections": 1000, "RequestTimeout": "00:00:10" }</c>. An
    /// unknown key stops the start.</param>
    /// <param name="configure">Sets further options, after the section. Default none.</param>
    [RequiresDynamicCode("Binds the options by reflection. Set them in code under native AOT.")]
    [RequiresUnreferencedCode("Binds the options by reflection. Set them in code in a trimmed application.")]
    public static IHeliosBuilder AddHelios(
        this IServiceCollection services, IConfiguration section, Action<HeliosOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        // With a misspelled key a limit would silently keep its default.
        services.Configure<HeliosOptions>(section, static binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddHelios(configure);
    }

    /// <summary>Adds a server with a name. It is injected as a keyed <see cref="Helios"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name. Give it to <c>MapHelios</c>, too.</param>
    /// <param name="configure">Sets the options. They are validated when the application starts. Default none.</param>
    public static IHeliosBuilder AddHelios(this IServiceCollection services, string name, Action<HeliosOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        HideTokens(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HeliosOptions>, HeliosOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HeliosOptions>, ShutdownValidator>());
        var options = services.AddOptions<HeliosOptions>(name).ValidateOnStart();
        if (configure is not null) options.Configure(configure);

        services.AddKeyedSingleton(name, (provider, _) => Create(provider, name));
        if (name.Length == 0) services.AddSingleton(provider => provider.GetRequiredKeyedService<Helios>(name));
        services.AddSingleton(new HeliosName(name));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HeliosLifetime>());
        return new HeliosBuilder(services, name);
    }

    /// <summary>Gets the server with this name.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name that was given to <c>AddHelios</c>. Default the server without a name.</param>
    /// <exception cref="InvalidOperationException"><c>AddHelios</c> was not called.</exception>
    public static Helios GetHelios(this IServiceProvider services, string? name = null) =>
        services.GetKeyedService<Helios>(name ?? Options.Options.DefaultName)
        ?? throw new InvalidOperationException(name is null
            ? "There is no Helios server. Call builder.Services.AddHelios() first."
            : $"There is no Helios server '{name}'. Call builder.Services.AddHelios(\"{name}\") first.");

    // Tokens must be removed from requests before the web server logs them.
    private static void HideTokens(IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(TokenHiding))) return;
        services.AddSingleton<TokenHiding>();
        var before = services.LastOrDefault(service => service.ServiceType == typeof(IHttpContextFactory) && !service.IsKeyedService);
        services.AddSingleton<IHttpContextFactory>(provider => new TokenHidingContextFactory(before switch
        {
            { ImplementationInstance: IHttpContextFactory made } => made,
            { ImplementationFactory: { } make } => (IHttpContextFactory)make(provider),
            _ => new DefaultHttpContextFactory(provider),
        }, new MappedPaths(provider)));
        UpgradeAuthorizationHandler.Decorate(services);
    }

    private static Helios Create(IServiceProvider services, string name)
    {
        var helios = new Helios(services.GetRequiredService<IOptionsMonitor<HeliosOptions>>().Get(name), services, name);
        foreach (var setup in services.GetServices<HeliosSetup>().Where(setup => setup.Name == name)) setup.Configure(helios, services);
        return helios;
    }

    private sealed class TokenHiding;
}

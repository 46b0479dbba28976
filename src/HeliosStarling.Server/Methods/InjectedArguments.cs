using System.Collections;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>What a handler may take beside its payload, by type.</summary>
internal static class InjectedArguments
{
    /// <summary>Where a handler's parameter comes from; null when it is the payload.</summary>
    /// <exception cref="InvalidOperationException">The parameter is a service that nobody has registered, and does not take
    /// null.</exception>
    public static Func<RequestContext, object?>? Find(ParameterInfo parameter, IServiceProvider services)
    {
        var type = parameter.ParameterType;
        if (type == typeof(CancellationToken)) return static context => context.CancellationToken;
        if (type == typeof(Starling)) return static context => context.Starling;
        if (type == typeof(Helios)) return static context => context.Helios;
        if (type == typeof(ClaimsPrincipal)) return static context => context.User;
        if (type == typeof(IServiceProvider)) return static context => context.Services;
        return FindService(parameter, services) is { } find ? context => find(context.Services) : null;
    }

    /// <summary>How a handler's parameter is got from the services of its request or notification; null when it is no service.</summary>
    /// <exception cref="InvalidOperationException">The parameter is a service that nobody has registered, and does not take
    /// null.</exception>
    public static Func<IServiceProvider, object?>? FindService(ParameterInfo parameter, IServiceProvider services)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { Key: var key })
        {
            if (services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(type, key) == false)
                return NullOrThrow(parameter, $" with the key '{key}'");
            return provider => provider.GetRequiredKeyedService(type, key);
        }
        if (IsService(type, services)) return provider => provider.GetRequiredService(type);
        if (!parameter.GetCustomAttributes().Any(static attribute => attribute is IFromServiceMetadata)) return null;
        // A container that cannot tell finds out with the first request.
        return services.GetService<IServiceProviderIsService>() is { } known && !known.IsService(type)
            ? NullOrThrow(parameter, "")
            : provider => Get(provider, parameter);
    }

    private static object? Get(IServiceProvider provider, ParameterInfo parameter) =>
        Nullability.TakesNull(parameter)
            ? provider.GetService(parameter.ParameterType)
            : provider.GetRequiredService(parameter.ParameterType);

    private static Func<IServiceProvider, object?> NullOrThrow(ParameterInfo parameter, string key) => Nullability.TakesNull(parameter)
        ? static _ => null
        : throw new InvalidOperationException(
            $"It is a service, and no '{TypeNames.Of(parameter.ParameterType)}'{key} is registered. Register it, or declare the parameter as '{TypeNames.Of(parameter.ParameterType)}?' to be given null.");

    private static bool IsService(Type type, IServiceProvider services) =>
        // Any sequence counts as a service, an empty one if need be; a payload that is one would never arrive.
        !type.IsAssignableTo(typeof(IEnumerable)) && services.GetService<IServiceProviderIsService>()?.IsService(type) == true;
}

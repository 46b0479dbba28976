using System.Collections;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>Finds the sources of handler parameters that are not the payload, by type.</summary>
internal static class InjectedArguments
{
    /// <summary>Finds the source of a handler's parameter; null when the parameter is the payload.</summary>
    /// <exception cref="InvalidOperationException">The parameter is a service that is not registered, and it is not nullable.</exception>
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

    /// <summary>Finds how a service parameter is resolved from the services of its request or notification; null when it is no
    /// service.</summary>
    /// <exception cref="InvalidOperationException">The parameter is a service that is not registered, and it is not nullable.</exception>
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
        // A container without IServiceProviderIsService can only be asked with the first request.
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
        // Containers resolve any IEnumerable, even an empty one. A payload that is a sequence must not be taken for a service.
        !type.IsAssignableTo(typeof(IEnumerable)) && services.GetService<IServiceProviderIsService>()?.IsService(type) == true;
}

using System.Collections;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>What a handler may take beside its payload, by type.</summary>
internal static class GivenArguments
{
    /// <summary>Where a handler's parameter comes from; null when it is the payload.</summary>
    public static Func<RequestContext, object>? Find(ParameterInfo parameter, IServiceProvider services)
    {
        var type = parameter.ParameterType;
        if (type == typeof(CancellationToken)) return static context => context.CancellationToken;
        if (type == typeof(Starling)) return static context => context.Starling;
        if (type == typeof(Helios)) return static context => context.Helios;
        if (type == typeof(ClaimsPrincipal)) return static context => context.User;
        if (type == typeof(IServiceProvider)) return static context => context.Services;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed) return context => context.Services.GetRequiredKeyedService(type, keyed.Key);
        return IsService(parameter, services) ? context => context.Services.GetRequiredService(type) : null;
    }

    /// <summary>Whether a parameter is a service: it says so, or its type is registered as one.</summary>
    public static bool IsService(ParameterInfo parameter, IServiceProvider services) =>
        parameter.GetCustomAttributes().Any(static attribute => attribute is IFromServiceMetadata) || IsService(parameter.ParameterType, services);

    private static bool IsService(Type type, IServiceProvider services) =>
        // Any sequence counts as a service, an empty one if need be; a payload that is one would never arrive.
        !type.IsAssignableTo(typeof(IEnumerable)) && services.GetService<IServiceProviderIsService>()?.IsService(type) == true;
}

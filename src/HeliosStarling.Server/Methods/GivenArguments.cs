using System.Collections;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>What a handler may take beside its payload, by type.</summary>
internal static class GivenArguments
{
    /// <summary>Where a handler's parameter of this type comes from; null when it is the payload.</summary>
    public static Func<RequestContext, object>? Find(Type type, IServiceProvider services)
    {
        if (type == typeof(CancellationToken)) return static context => context.CancellationToken;
        if (type == typeof(Starling)) return static context => context.Starling;
        if (type == typeof(Helios)) return static context => context.Helios;
        if (type == typeof(ClaimsPrincipal)) return static context => context.User;
        if (type == typeof(IServiceProvider)) return static context => context.Services;
        return IsService(type, services) ? context => context.Services.GetRequiredService(type) : null;
    }

    /// <summary>Whether a type is registered as a service.</summary>
    public static bool IsService(Type type, IServiceProvider services) =>
        // Any sequence counts as a service, an empty one if need be; a payload that is one would never arrive.
        !type.IsAssignableTo(typeof(IEnumerable)) && services.GetService<IServiceProviderIsService>()?.IsService(type) == true;
}

using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>
/// Creates the rules of registrations. A policy or service that the application lacks is found here, at startup.
/// </summary>
internal static class AccessRules
{
    /// <summary>
    /// Creates the rule of the application's default policy. Without authorization services it requires a signed-in user.
    /// </summary>
    public static AccessRule Default(IServiceProvider? services) => services?.GetService<IAuthorizationPolicyProvider>() is { } provider
        ? Of(provider.GetDefaultPolicyAsync().GetAwaiter().GetResult())
        : Of(static _ => true);

    /// <summary>Creates the rule of a named policy.</summary>
    public static AccessRule Named(IServiceProvider? services, string policy)
    {
        if (Provider(services).GetPolicyAsync(policy).GetAwaiter().GetResult() is null)
            throw new InvalidOperationException($"There is no authorization policy '{policy}'. Add it with builder.Services.AddAuthorizationBuilder().AddPolicy(\"{policy}\", …), or correct the name.");
        return new AccessRule(static _ => false, (service, user, resource) => service.AuthorizeAsync(user, resource, policy));
    }

    /// <summary>Creates the rule of a given policy.</summary>
    public static AccessRule Of(IServiceProvider? services, AuthorizationPolicy policy)
    {
        _ = Provider(services);
        return Of(policy);
    }

    public static AccessRule Of(Func<ClaimsPrincipal, bool> allows) => new(allows);

    private static AccessRule Of(AuthorizationPolicy policy) =>
        new(static _ => false, (service, user, resource) => service.AuthorizeAsync(user, resource, policy));

    private static IAuthorizationPolicyProvider Provider(IServiceProvider? services) => services?.GetService<IAuthorizationPolicyProvider>()
        ?? throw new InvalidOperationException("An authorization policy needs the application's authorization services. Call builder.Services.AddAuthorization(), or give RequireAuthorization a function of the user.");
}

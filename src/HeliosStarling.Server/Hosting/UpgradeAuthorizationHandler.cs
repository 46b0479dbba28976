using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace HeliosStarling;

/// <summary>
/// Answers requests that the authorization of a Helios endpoint refuses with the usual refusal (docs/protocol.md section 1), because a
/// WebSocket cannot follow a redirect to a login page. Other endpoints are left to the inner handler.
/// </summary>
internal sealed class UpgradeAuthorizationHandler(IAuthorizationMiddlewareResultHandler inner) : IAuthorizationMiddlewareResultHandler
{
    /// <summary>Decorates the application's own handler, or the framework's.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var before = services.LastOrDefault(
            service => service.ServiceType == typeof(IAuthorizationMiddlewareResultHandler) && !service.IsKeyedService);
        // The inner handler is registered with a key, so that it keeps its lifetime.
        services.Add(before switch
        {
            null => Keyed(static (_, _) => new AuthorizationMiddlewareResultHandler(), ServiceLifetime.Singleton),
            { ImplementationInstance: { } made } => Keyed((_, _) => made, ServiceLifetime.Transient),
            { ImplementationFactory: { } make } => Keyed((provider, _) => make(provider), before.Lifetime),
            _ => new ServiceDescriptor(
                typeof(IAuthorizationMiddlewareResultHandler),
                typeof(UpgradeAuthorizationHandler),
                before.ImplementationType!,
                before.Lifetime),
        });
        services.AddTransient<IAuthorizationMiddlewareResultHandler>(static provider =>
            new UpgradeAuthorizationHandler(
                provider.GetRequiredKeyedService<IAuthorizationMiddlewareResultHandler>(typeof(UpgradeAuthorizationHandler))));
    }

    /// <inheritdoc/>
    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        !authorizeResult.Succeeded && context.GetEndpoint()?.Metadata.GetMetadata<HeliosEndpoint>() is { Helios: var helios }
            ? RefuseAsync(helios, next, context, policy, authorizeResult)
            : inner.HandleAsync(next, context, policy, authorizeResult);

    private async Task RefuseAsync(
        Helios helios, RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result)
    {
        // Attempts without authorization count for the limit of upgrades, too, because clients may try out tokens.
        var refusal = helios.Gate.CountAttempt(context.Connection.RemoteIpAddress);
        if (refusal is null)
        {
            var (headers, cookies) = (context.Response.Headers, context.Response.Headers.SetCookie);
            // Keep the inner handler's challenge headers, and drop the redirect to a login page with its cookies.
            await inner.HandleAsync(next, context, policy, result).ConfigureAwait(false);
            if (context.Response.HasStarted) return;
            headers.Remove(HeaderNames.Location);
            headers.SetCookie = cookies;
            refusal = result.Challenged ? await ChallengeAsync(helios, context, policy).ConfigureAwait(false) : Refusals.NotAllowed;
        }
        helios.Gate.OnRefused(refusal);
        await new HttpUpgradeRequest(context).RefuseAsync(refusal).ConfigureAwait(false);
    }

    /// <summary>Finds the reason of a challenge: the client sent no ticket, or one that the schemes do not accept.</summary>
    private static async Task<Refusal> ChallengeAsync(Helios helios, HttpContext context, AuthorizationPolicy policy)
    {
        if (await AuthenticationFaults.FindAsync(context, policy).ConfigureAwait(false) is not { } fault) return Refusals.AuthRequired;
        helios.Engine.Logger.TicketRefused(AuthenticationFaults.NameOf(fault));
        return AuthenticationFaults.IsExpired(fault, helios.Engine.Time.GetUtcNow()) ? Refusals.AuthExpired : Refusals.AuthInvalid;
    }

    private static ServiceDescriptor Keyed(Func<IServiceProvider, object?, object> make, ServiceLifetime lifetime) =>
        new(typeof(IAuthorizationMiddlewareResultHandler), typeof(UpgradeAuthorizationHandler), make, lifetime);
}

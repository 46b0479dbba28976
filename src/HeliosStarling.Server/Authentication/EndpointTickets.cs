using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>
/// Checks a ticket like an endpoint of <c>MapHelios</c>: with the endpoint's authentication schemes and policies.
/// </summary>
internal static class EndpointTickets
{
    /// <summary>Checks a ticket. Returns null when it would not open a connection at this endpoint.</summary>
    public static async ValueTask<RenewedTicket?> CheckAsync(
        Node node, Endpoint endpoint, string ticket, CancellationToken cancellationToken)
    {
        var scope = node.Services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            if (scope.ServiceProvider.GetService<IAuthenticationService>() is null) return null;
            var context = ContextOf(scope.ServiceProvider, endpoint, ticket, cancellationToken);
            var policy = await PolicyOfAsync(scope.ServiceProvider, endpoint).ConfigureAwait(false);
            var evaluator = scope.ServiceProvider.GetService<IPolicyEvaluator>();
            var result = policy is { AuthenticationSchemes.Count: > 0 } && evaluator is not null
                ? await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false)
                : await context.AuthenticateAsync().ConfigureAwait(false);
            if (result.Failure is { } fault) node.Engine.Logger.TicketRefused(AuthenticationFaults.NameOf(fault));
            if (!result.Succeeded || !await IsAllowedAsync(evaluator, policy, result, context).ConfigureAwait(false)) return null;
            return new RenewedTicket(result.Principal, result.Properties?.ExpiresUtc);
        }
    }

    private static DefaultHttpContext ContextOf(
        IServiceProvider scoped, Endpoint endpoint, string ticket, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = scoped, RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Get;
        // Authentication handlers may read the path.
        context.Request.Path = endpoint is RouteEndpoint { RoutePattern.RawText: { } path } ? $"/{path.TrimStart('/')}" : "/";
        context.Request.Headers.Authorization = BearerTokens.Prefix + ticket;
        context.SetEndpoint(endpoint);
        return context;
    }

    private static async ValueTask<AuthorizationPolicy?> PolicyOfAsync(IServiceProvider scoped, Endpoint endpoint) =>
        scoped.GetService<IAuthorizationPolicyProvider>() is { } provider
            ? await AuthorizationPolicy.CombineAsync(
                provider, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(),
                endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()).ConfigureAwait(false)
            : null;

    private static async ValueTask<bool> IsAllowedAsync(
        IPolicyEvaluator? evaluator, AuthorizationPolicy? policy, AuthenticateResult result, HttpContext context)
    {
        context.User = result.Principal!;
        if (policy is null || evaluator is null || context.GetEndpoint()!.Metadata.GetMetadata<IAllowAnonymous>() is not null) return true;
        return (await evaluator.AuthorizeAsync(policy, result, context, context).ConfigureAwait(false)).Succeeded;
    }
}

using System.Security.Claims;
using HeliosStarling.Protocol;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>Checks with the application's authorization service whether a user may access a resource.</summary>
internal delegate Task<AuthorizationResult> PolicyCheck(IAuthorizationService service, ClaimsPrincipal user, object resource);

/// <summary>The rule that decides who may call a method or send on a topic.</summary>
/// <param name="allows">Decides for a signed-in user when <paramref name="policy"/> is null.</param>
/// <param name="policy">The policy that decides instead; null when there is none.</param>
internal sealed class AccessRule(Func<ClaimsPrincipal, bool> allows, PolicyCheck? policy = null)
{
    /// <summary>Checks a request. Returns the refusal; null when the request is allowed.</summary>
    public async ValueTask<HeliosException?> CheckAsync(InboundRequest request)
    {
        var context = RequestContext.Of(request);
        var isAllowed = policy is null
            ? Allows(context.User)
            : await AllowsAsync(context.Services, context.User, context).ConfigureAwait(false);
        return isAllowed ? null : Refuse(context.User, $"call '{context.Method}'");
    }

    /// <summary>Checks a notification. Returns the refusal; null when the notification is allowed.</summary>
    public async ValueTask<HeliosException?> CheckAsync(TopicContext context)
    {
        var user = context.Starling.User;
        var isAllowed = policy is null ? Allows(user) : await AllowsInScopeAsync(user, context).ConfigureAwait(false);
        return isAllowed ? null : Refuse(user, $"send on '{context.Topic}'");
    }

    private bool Allows(ClaimsPrincipal user) => IsSignedIn(user) && allows(user);

    private async ValueTask<bool> AllowsAsync(IServiceProvider scoped, ClaimsPrincipal user, object resource) =>
        (await policy!(scoped.GetRequiredService<IAuthorizationService>(), user, resource).ConfigureAwait(false)).Succeeded;

    private async ValueTask<bool> AllowsInScopeAsync(ClaimsPrincipal user, TopicContext context)
    {
        var scope = context.Starling.Node.Services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false)) return await AllowsAsync(scope.ServiceProvider, user, context).ConfigureAwait(false);
    }

    private static HeliosException Refuse(ClaimsPrincipal user, string what) => IsSignedIn(user)
        ? new HeliosException(ErrorCodes.MethodNotAllowed, $"The user is not allowed to {what}.")
        : new HeliosException(ErrorCodes.AuthRequired, $"Sign in to {what}.");

    private static bool IsSignedIn(ClaimsPrincipal user) => user.Identities.Any(static identity => identity.IsAuthenticated);
}

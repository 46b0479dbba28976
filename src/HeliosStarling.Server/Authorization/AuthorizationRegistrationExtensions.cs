using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace HeliosStarling;

/// <summary>Restricts who may call a method or send on a topic.</summary>
/// <remarks>
/// A rule is checked after rate limits and before filters and the handler. A refused client gets <c>AUTH_REQUIRED</c> when nobody is signed
/// in, else <c>METHOD_NOT_ALLOWED</c>: as the answer to a request, or as an error message for a notification. All rules of a registration
/// must be met. Add them immediately after the registration, before clients connect. When a rule cannot be created, the registration is
/// removed again.
/// </remarks>
public static class AuthorizationRegistrationExtensions
{
    /// <summary>Requires the application's default policy, which by default requires a signed-in user.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The registration.</returns>
    public static MethodRegistration<RequestContext> RequireAuthorization(this MethodRegistration<RequestContext> method) =>
        Guard(method, AccessRules.Default);

    /// <summary>Requires a policy of the application. The resource of the policy is the <see cref="RequestContext"/>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="policy">The name of the policy.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">The policy does not exist, or the application has no authorization services.</exception>
    public static MethodRegistration<RequestContext> RequireAuthorization(this MethodRegistration<RequestContext> method, string policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        return Guard(method, services => AccessRules.Named(services, policy));
    }

    /// <summary>Requires a policy. The resource of the policy is the <see cref="RequestContext"/>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="policy">The policy. Its authentication schemes are ignored: the user is the user of the connection.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">The application has no authorization services.</exception>
    public static MethodRegistration<RequestContext> RequireAuthorization(
        this MethodRegistration<RequestContext> method, AuthorizationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Guard(method, services => AccessRules.Of(services, policy));
    }

    /// <summary>Requires a signed-in user for whom a function returns true. It needs no authorization services.</summary>
    /// <param name="method">The method.</param>
    /// <param name="allows">Whether the user is allowed. Called for each request of a signed-in user, on the connection's reader.</param>
    /// <returns>The registration.</returns>
    public static MethodRegistration<RequestContext> RequireAuthorization(
        this MethodRegistration<RequestContext> method, Func<ClaimsPrincipal, bool> allows)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return Guard(method, _ => AccessRules.Of(allows));
    }

    /// <inheritdoc cref="RequireAuthorization(MethodRegistration{RequestContext})"/>
    /// <param name="topic">The registration of the topic handler. Other handlers of the same topic have their own rules.</param>
    public static TopicRegistration<TopicContext> RequireAuthorization(this TopicRegistration<TopicContext> topic) =>
        Guard(topic, AccessRules.Default);

    /// <summary>Requires a policy of the application. The resource of the policy is the <see cref="TopicContext"/>.</summary>
    /// <param name="topic">The registration of the topic handler. Other handlers of the same topic have their own rules.</param>
    /// <param name="policy">The name of the policy.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">The policy does not exist, or the application has no authorization services.</exception>
    public static TopicRegistration<TopicContext> RequireAuthorization(this TopicRegistration<TopicContext> topic, string policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        return Guard(topic, services => AccessRules.Named(services, policy));
    }

    /// <summary>Requires a policy. The resource of the policy is the <see cref="TopicContext"/>.</summary>
    /// <param name="topic">The registration of the topic handler. Other handlers of the same topic have their own rules.</param>
    /// <param name="policy">The policy. Its authentication schemes are ignored: the user is the user of the connection.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">The application has no authorization services.</exception>
    public static TopicRegistration<TopicContext> RequireAuthorization(
        this TopicRegistration<TopicContext> topic, AuthorizationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Guard(topic, services => AccessRules.Of(services, policy));
    }

    /// <summary>Requires a signed-in user for whom a function returns true. It needs no authorization services.</summary>
    /// <param name="topic">The registration of the topic handler. Other handlers of the same topic have their own rules.</param>
    /// <param name="allows">Whether the user is allowed. Called for each notification of a signed-in user, on the connection's
    /// reader.</param>
    /// <returns>The registration.</returns>
    public static TopicRegistration<TopicContext> RequireAuthorization(
        this TopicRegistration<TopicContext> topic, Func<ClaimsPrincipal, bool> allows)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return Guard(topic, _ => AccessRules.Of(allows));
    }

    private static MethodRegistration<RequestContext> Guard(
        MethodRegistration<RequestContext> method, Func<IServiceProvider?, AccessRule> make)
    {
        ArgumentNullException.ThrowIfNull(method);
        method.Entry.Guards.Add(Make(make, method.Services, () => method.Unregister()).CheckAsync);
        return method;
    }

    private static TopicRegistration<TopicContext> Guard(TopicRegistration<TopicContext> topic, Func<IServiceProvider?, AccessRule> make)
    {
        ArgumentNullException.ThrowIfNull(topic);
        topic.Guards.Add(Make(make, topic.Services, topic.Dispose).CheckAsync);
        return topic;
    }

    private static AccessRule Make(Func<IServiceProvider?, AccessRule> make, IServiceProvider? services, Action takeAway)
    {
        try
        {
            return make(services);
        }
        catch
        {
            // Remove the registration: code that catches the exception would otherwise leave the method or topic open to everybody.
            takeAway();
            throw;
        }
    }
}

using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace HeliosStarling;

/// <summary>Says who may call a method or send on a topic.</summary>
/// <remarks>
/// Rate limits come before, filters and the handler behind. Whom a rule does not let in gets <c>AUTH_REQUIRED</c> when nobody is signed in,
/// else <c>METHOD_NOT_ALLOWED</c>: as the answer to a request, as an error message for a notification. Several rules must all be kept. Give
/// them right behind the registration, before clients connect. When a rule cannot be set, the registration is taken away again.
/// </remarks>
public static class AuthorizationRegistrationExtensions
{
    /// <summary>Demands what the application's default policy says: unless it was changed, that somebody is signed in.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The registration.</returns>
    public static MethodRegistration<RequestContext> RequireAuthorization(this MethodRegistration<RequestContext> method) =>
        Guard(method, AccessRules.Default);

    /// <summary>Demands what a policy of the application says; it is given the <see cref="RequestContext"/> as its resource.</summary>
    /// <param name="method">The method.</param>
    /// <param name="policy">The policy's name.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">There is no such policy, or the application has no authorization services.</exception>
    public static MethodRegistration<RequestContext> RequireAuthorization(this MethodRegistration<RequestContext> method, string policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        return Guard(method, services => AccessRules.Named(services, policy));
    }

    /// <summary>Demands what a policy says; it is given the <see cref="RequestContext"/> as its resource.</summary>
    /// <param name="method">The method.</param>
    /// <param name="policy">The policy. Its authentication schemes say nothing here: the user is the connection's.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">The application has no authorization services.</exception>
    public static MethodRegistration<RequestContext> RequireAuthorization(
        this MethodRegistration<RequestContext> method, AuthorizationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Guard(method, services => AccessRules.Of(services, policy));
    }

    /// <summary>Demands that somebody is signed in for whom a function says true; it needs no authorization services.</summary>
    /// <param name="method">The method.</param>
    /// <param name="allows">Whether a user is let in. Called for each request of a signed-in user, on the connection's reader.</param>
    /// <returns>The registration.</returns>
    public static MethodRegistration<RequestContext> RequireAuthorization(
        this MethodRegistration<RequestContext> method, Func<ClaimsPrincipal, bool> allows)
    {
        ArgumentNullException.ThrowIfNull(allows);
        return Guard(method, _ => AccessRules.Of(allows));
    }

    /// <inheritdoc cref="RequireAuthorization(MethodRegistration{RequestContext})"/>
    /// <param name="topic">The topic's handler; others of the same topic have their own rules.</param>
    public static TopicRegistration<TopicContext> RequireAuthorization(this TopicRegistration<TopicContext> topic) =>
        Guard(topic, AccessRules.Default);

    /// <summary>Demands what a policy of the application says; it is given the <see cref="TopicContext"/> as its resource.</summary>
    /// <param name="topic">The topic's handler; others of the same topic have their own rules.</param>
    /// <param name="policy">The policy's name.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">There is no such policy, or the application has no authorization services.</exception>
    public static TopicRegistration<TopicContext> RequireAuthorization(this TopicRegistration<TopicContext> topic, string policy)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        return Guard(topic, services => AccessRules.Named(services, policy));
    }

    /// <summary>Demands what a policy says; it is given the <see cref="TopicContext"/> as its resource.</summary>
    /// <param name="topic">The topic's handler; others of the same topic have their own rules.</param>
    /// <param name="policy">The policy. Its authentication schemes say nothing here: the user is the connection's.</param>
    /// <returns>The registration.</returns>
    /// <exception cref="InvalidOperationException">The application has no authorization services.</exception>
    public static TopicRegistration<TopicContext> RequireAuthorization(
        this TopicRegistration<TopicContext> topic, AuthorizationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Guard(topic, services => AccessRules.Of(services, policy));
    }

    /// <summary>Demands that somebody is signed in for whom a function says true; it needs no authorization services.</summary>
    /// <param name="topic">The topic's handler; others of the same topic have their own rules.</param>
    /// <param name="allows">Whether a user is let in. Called for each notification of a signed-in user, on the connection's reader.</param>
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
            // Otherwise, code that catches this would offer to everybody what was to be guarded.
            takeAway();
            throw;
        }
    }
}

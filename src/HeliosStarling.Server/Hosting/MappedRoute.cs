using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace HeliosStarling;

/// <summary>The requests that an endpoint matches.</summary>
/// <param name="Matcher">Matches the path.</param>
/// <param name="Constraints">The constraints of the route parameters.</param>
/// <param name="Precedence">The precedence of the route; the lowest one wins.</param>
/// <param name="LastSegment">The last segment; null when it is not a literal.</param>
/// <param name="Methods">The HTTP methods; empty for all.</param>
/// <param name="Hosts">The hosts; empty for all.</param>
internal sealed record MappedRoute(
    TemplateMatcher Matcher,
    IReadOnlyList<(string Parameter, IRouteConstraint Constraint)> Constraints,
    decimal Precedence,
    string? LastSegment,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Hosts)
{
    /// <summary>Whether a matching path certainly belongs to this endpoint, even if the path begins with a path base.</summary>
    public bool IsCertain { get; init; }

    public static MappedRoute Of(RouteEndpoint endpoint, ParameterPolicyFactory policies)
    {
        var pattern = endpoint.RoutePattern;
        var isOurs = endpoint.Metadata.GetMetadata<HeliosEndpoint>() is not null;
        return new MappedRoute(
            new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)),
            // A custom constraint may depend on data that is not known yet. It is left out for our own routes, so that they match.
            [.. ConstraintsOf(pattern, policies).Where(one => !isOurs || IsKnown(one.Constraint))],
            pattern.InboundPrecedence,
            pattern.PathSegments is [.., { IsSimple: true, Parts: [RoutePatternLiteralPart literal] }] ? literal.Content : null,
            endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [],
            endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? []);
    }

    // Only a route with the same end as one of ours competes with it. A route that ends with a parameter matches any end and proves
    // nothing.
    public bool IsCertainAmong(HashSet<string?> ends) => LastSegment is { } end && (ends.Contains(end) || ends.Contains(null));

    public bool Matches(PathString path)
    {
        var values = new RouteValueDictionary();
        return Matcher.TryMatch(path, values) && Constraints.All(one => IsMet(one.Constraint, one.Parameter, values));
    }

    /// <summary>Whether the endpoint accepts this host. Middleware may change the host later.</summary>
    public bool AcceptsHost(string host) => HostRules.IsAllowed(host, Hosts);

    /// <summary>Whether this endpoint gets a request with this method and host, when one of ours matches the same path.</summary>
    public bool Precedes(MappedRoute ours, string method, string host) =>
        (Methods.Count == 0 || Methods.Contains(method, StringComparer.OrdinalIgnoreCase))
        && AcceptsHost(host)
        && (Precedence < ours.Precedence || (Precedence == ours.Precedence
            && (!ours.Methods.Contains(method, StringComparer.OrdinalIgnoreCase) || IsCloserTo(host, ours))));

    private bool IsCloserTo(string host, MappedRoute ours) => Hosts.Count > 0 && (ours.Hosts.Count == 0 || !ours.AcceptsHost(host));

    private static IEnumerable<(string Parameter, IRouteConstraint Constraint)> ConstraintsOf(
        RoutePattern pattern, ParameterPolicyFactory policies) =>
        from parameter in pattern.ParameterPolicies
        from reference in parameter.Value
        let constraint = policies.Create(pattern.GetParameter(parameter.Key), reference) as IRouteConstraint
        where constraint is not null
        select (parameter.Key, constraint);

    private static bool IsKnown(IRouteConstraint constraint) => constraint switch
    {
        OptionalRouteConstraint optional => IsKnown(optional.InnerConstraint),
        CompositeRouteConstraint several => several.Constraints.All(IsKnown),
        _ => constraint is not HttpMethodRouteConstraint && constraint.GetType().Assembly == typeof(RegexRouteConstraint).Assembly,
    };

    private static bool IsMet(IRouteConstraint constraint, string parameter, RouteValueDictionary values)
    {
        try
        {
            return constraint.Match(httpContext: null, route: null, parameter, values, RouteDirection.IncomingRequest);
        }
        catch (Exception)
        {
            // A custom constraint that needs the HttpContext, which does not exist yet. Then this route does not match.
            return false;
        }
    }
}

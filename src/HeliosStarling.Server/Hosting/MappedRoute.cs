using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace HeliosStarling;

/// <summary>Which requests an endpoint takes.</summary>
/// <param name="Matcher">Says which paths are meant.</param>
/// <param name="Constraints">What the values of parameters must be like.</param>
/// <param name="Precedence">How close it is to the paths that it matches: the lowest wins.</param>
/// <param name="End">The last segment; null when it is not fixed.</param>
/// <param name="Methods">The HTTP methods; empty for all.</param>
/// <param name="Hosts">The hosts; empty for all.</param>
internal sealed record MappedRoute(
    TemplateMatcher Matcher,
    IReadOnlyList<(string Parameter, IRouteConstraint Constraint)> Constraints,
    decimal Precedence,
    string? End,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Hosts)
{
    /// <summary>Whether a path that it matches is surely its own, even if the path begins with a path base.</summary>
    public bool IsProof { get; init; }

    public static MappedRoute Of(RouteEndpoint endpoint, ParameterPolicyFactory policies)
    {
        var pattern = endpoint.RoutePattern;
        var isOurs = endpoint.Metadata.GetMetadata<HeliosEndpoint>() is not null;
        return new MappedRoute(
            new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults)),
            // An application's own constraint may depend on what is not known yet: it takes no path from ours.
            [.. ConstraintsOf(pattern, policies).Where(one => !isOurs || IsKnown(one.Constraint))],
            pattern.InboundPrecedence,
            pattern.PathSegments is [.., { IsSimple: true, Parts: [RoutePatternLiteralPart literal] }] ? literal.Content : null,
            endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [],
            endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? []);
    }

    // Only what ends as one of ours does can be in question; what ends with a parameter takes anything and proves nothing.
    public bool IsProofBeside(HashSet<string?> ends) => End is { } end && (ends.Contains(end) || ends.Contains(null));

    public bool Matches(PathString path)
    {
        var values = new RouteValueDictionary();
        return Matcher.TryMatch(path, values) && Constraints.All(one => IsMet(one.Constraint, one.Parameter, values));
    }

    /// <summary>Whether it takes requests that name this host. Middleware may change the host later on.</summary>
    public bool IsOf(string host) => HostRules.IsAllowed(host, Hosts);

    /// <summary>Whether requests with this method and host come here and not to one of ours that matches the path as well.</summary>
    public bool IsBefore(MappedRoute ours, string method, string host) =>
        (Methods.Count == 0 || Methods.Contains(method, StringComparer.OrdinalIgnoreCase))
        && IsOf(host)
        && (Precedence < ours.Precedence || (Precedence == ours.Precedence
            && (!ours.Methods.Contains(method, StringComparer.OrdinalIgnoreCase) || IsCloserTo(host, ours))));

    private bool IsCloserTo(string host, MappedRoute ours) => Hosts.Count > 0 && (ours.Hosts.Count == 0 || !ours.IsOf(host));

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
            // The application's own, which asks for a request that there is not yet: then it takes no path from ours.
            return false;
        }
    }
}

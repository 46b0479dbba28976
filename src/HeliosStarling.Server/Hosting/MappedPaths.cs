using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>
/// The paths of an application that lead to its Helios servers, as far as can be told ahead of all middleware: what a path base will be is
/// not known by then, so a path that ends as a mapped one does is taken for it, unless another endpoint is closer to the whole.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class MappedPaths(IServiceProvider services)
{
    // A path base of more segments is unheard of; each costs a look at all patterns.
    private const int MaxBaseSegments = 8;

    private volatile Snapshot? _snapshot;

    /// <summary>Whether a request leads to a Helios server.</summary>
    /// <param name="path">The path of the request, escapes undone.</param>
    /// <param name="method">The method of the request.</param>
    public bool Contain(string path, string method)
    {
        if (services.GetService<EndpointDataSource>()?.Endpoints is not { } endpoints) return false;
        var snapshot = _snapshot;
        // The list is replaced when it changes.
        if (snapshot?.Endpoints != endpoints) _snapshot = snapshot = Snapshot.Of(endpoints);
        return snapshot.Contain(path, method);
    }

    private sealed record Snapshot(IReadOnlyList<Endpoint> Endpoints, Route[] Ours, Route[] Others)
    {
        public static Snapshot Of(IReadOnlyList<Endpoint> endpoints)
        {
            var routes = endpoints.OfType<RouteEndpoint>().ToLookup(endpoint => endpoint.Metadata.GetMetadata<HeliosEndpoint>() is not null, Route.Of);
            var ends = routes[true].Select(route => route.End).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return new Snapshot(endpoints, [.. routes[true]], [.. routes[false].Select(route => route with { IsProof = route.IsProofBeside(ends) })]);
        }

        public bool Contain(string path, string method)
        {
            if (Ours.Length == 0 || !path.StartsWith('/')) return false;
            for (var (start, depth) = (0, 0); start >= 0 && depth <= MaxBaseSegments; start = path.IndexOf('/', start + 1), depth++)
            {
                var rest = new PathString(path[start..]);
                if (Ours.Where(route => route.Matches(rest)).MinBy(route => route.Precedence) is { } ours)
                    return !Array.Exists(Others, other => other.IsBefore(ours, method) && other.Matches(rest));
                if (Array.Exists(Others, other => other.IsProof && other.Matches(rest))) return false;
            }
            return false;
        }
    }

    /// <summary>An endpoint's pattern.</summary>
    /// <param name="Matcher">Says which paths are meant.</param>
    /// <param name="Precedence">How close it is to the paths that it matches: the lowest wins.</param>
    /// <param name="End">The last segment; null when it is not fixed.</param>
    /// <param name="Methods">The HTTP methods; empty for all.</param>
    private sealed record Route(TemplateMatcher Matcher, decimal Precedence, string? End, IReadOnlyList<string> Methods)
    {
        /// <summary>Whether a path that it matches is surely its own, even if the path begins with a path base.</summary>
        public bool IsProof { get; init; }

        public static Route Of(RouteEndpoint endpoint)
        {
            var pattern = endpoint.RoutePattern;
            var end = pattern.PathSegments is [.., { IsSimple: true, Parts: [RoutePatternLiteralPart literal] }] ? literal.Content : null;
            var matcher = new TemplateMatcher(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults));
            return new Route(matcher, pattern.InboundPrecedence, end, endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []);
        }

        // Only what ends as one of ours does can be in question; what ends with a parameter takes anything and proves nothing.
        public bool IsProofBeside(HashSet<string?> ends) => End is { } end && (ends.Contains(end) || ends.Contains(null));

        public bool Matches(PathString path) => Matcher.TryMatch(path, new RouteValueDictionary());

        /// <summary>Whether requests with this method come here and not to one of ours that matches as well.</summary>
        public bool IsBefore(Route ours, string method) =>
            (Methods.Count == 0 || Methods.Contains(method, StringComparer.OrdinalIgnoreCase))
            && (Precedence < ours.Precedence || (Precedence == ours.Precedence && !ours.Methods.Contains(method, StringComparer.OrdinalIgnoreCase)));
    }
}

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

    /// <summary>Whether a path leads to a Helios server.</summary>
    /// <param name="path">The path of a request, escapes undone.</param>
    public bool Contain(string path)
    {
        if (services.GetService<EndpointDataSource>()?.Endpoints is not { } endpoints) return false;
        var snapshot = _snapshot;
        // The list is replaced when it changes.
        if (snapshot?.Endpoints != endpoints) _snapshot = snapshot = Snapshot.Of(endpoints);
        return snapshot.Contain(path);
    }

    private sealed record Snapshot(IReadOnlyList<Endpoint> Endpoints, TemplateMatcher[] Ours, TemplateMatcher[] Others)
    {
        public static Snapshot Of(IReadOnlyList<Endpoint> endpoints)
        {
            var routes = endpoints.OfType<RouteEndpoint>().ToLookup(endpoint => endpoint.Metadata.GetMetadata<HeliosEndpoint>() is not null, endpoint => endpoint.RoutePattern);
            var ends = routes[true].Select(EndOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
            // Only what ends as one of ours does can be in question; what ends with a parameter takes anything and proves nothing.
            var others = routes[false].Where(pattern => EndOf(pattern) is { } end && (ends.Contains(end) || ends.Contains(null)));
            return new Snapshot(endpoints, [.. routes[true].Select(ToMatcher)], [.. others.Select(ToMatcher)]);
        }

        public bool Contain(string path)
        {
            if (!path.StartsWith('/')) return false;
            for (var (start, depth) = (0, 0); start >= 0 && depth <= MaxBaseSegments; start = path.IndexOf('/', start + 1), depth++)
            {
                var rest = new PathString(path[start..]);
                if (Matches(Ours, rest)) return true;
                if (Matches(Others, rest)) return false;
            }
            return false;
        }

        private static bool Matches(TemplateMatcher[] matchers, PathString path) => Array.Exists(matchers, matcher => matcher.TryMatch(path, new RouteValueDictionary()));

        /// <summary>The last segment of a pattern; null when it is not fixed.</summary>
        private static string? EndOf(RoutePattern pattern) =>
            pattern.PathSegments is [.., { IsSimple: true, Parts: [RoutePatternLiteralPart literal] }] ? literal.Content : null;

        private static TemplateMatcher ToMatcher(RoutePattern pattern) => new(new RouteTemplate(pattern), new RouteValueDictionary(pattern.Defaults));
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>
/// Decides before any middleware runs whether a path leads to a Helios server. The path base is not known yet. So a path is ours when its
/// end matches a mapped path. It is not ours when another endpoint matches a longer part of it, or the same part better.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class MappedPaths(IServiceProvider services)
{
    // Path bases do not have more segments than this in practice. Each segment costs a comparison with all patterns.
    private const int MaxBaseSegments = 8;

    private volatile Snapshot? _snapshot;

    /// <summary>Whether a request leads to a Helios server.</summary>
    /// <param name="path">The unescaped path of the request.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="host">The <c>Host</c> header of the request.</param>
    public bool Contains(string path, string method, string host)
    {
        if (services.GetService<EndpointDataSource>()?.Endpoints is not { } endpoints) return false;
        var snapshot = _snapshot;
        // The data source replaces the list when its endpoints change.
        if (snapshot?.Endpoints != endpoints)
            _snapshot = snapshot = Snapshot.Of(endpoints, services.GetRequiredService<ParameterPolicyFactory>());
        return snapshot.Contains(path, method, host);
    }

    private sealed record Snapshot(IReadOnlyList<Endpoint> Endpoints, MappedRoute[] Ours, MappedRoute[] Others)
    {
        public static Snapshot Of(IReadOnlyList<Endpoint> endpoints, ParameterPolicyFactory policies)
        {
            var routes = endpoints.OfType<RouteEndpoint>().ToLookup(
                endpoint => endpoint.Metadata.GetMetadata<HeliosEndpoint>() is not null, endpoint => MappedRoute.Of(endpoint, policies));
            var ends = routes[true].Select(route => route.LastSegment).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return new Snapshot(
                endpoints, [.. routes[true]], [.. routes[false].Select(route => route with { IsCertain = route.IsCertainAmong(ends) })]);
        }

        public bool Contains(string path, string method, string host)
        {
            if (Ours.Length == 0 || !path.StartsWith('/')) return false;
            for (var (start, depth) = (0, 0); start >= 0 && depth <= MaxBaseSegments; start = path.IndexOf('/', start + 1), depth++)
            {
                var rest = new PathString(path[start..]);
                if (Ours.Where(route => route.Matches(rest)).MinBy(route => route.Precedence) is { } ours)
                    return !Array.Exists(Others, other => other.Precedes(ours, method, host) && other.Matches(rest));
                if (Array.Exists(Others, other => other.IsCertain && other.AcceptsHost(host) && other.Matches(rest))) return false;
            }
            return false;
        }
    }
}

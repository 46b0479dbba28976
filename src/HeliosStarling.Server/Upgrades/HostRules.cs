using System.Net;

namespace HeliosStarling;

/// <summary>
/// The rules for the host names of a server. They protect against DNS rebinding: a foreign page can let its own name resolve to the address
/// of any server. Then its <c>Origin</c> and <c>Host</c> are equal, and only the name shows that the page is foreign.
/// </summary>
internal static class HostRules
{
    private const string AnySubdomain = "*.";

    /// <summary>Whether a request with this host is allowed.</summary>
    /// <param name="host">The <c>Host</c> header.</param>
    /// <param name="allowedHosts">Hosts with an optional port: <c>example.com</c>, <c>*.example.com:8443</c>, <c>*</c>. An empty list
    /// allows every host.</param>
    public static bool IsAllowed(string? host, IReadOnlyCollection<string> allowedHosts)
    {
        if (allowedHosts.Count == 0) return true;
        return Authority.TryParse(host, out var asked) && allowedHosts.Any(pattern => pattern == "*" || Matches(asked, pattern));
    }

    /// <summary>
    /// Whether a host is certainly this machine: <c>localhost</c>, its subdomains, and loopback addresses. They are not resolved by DNS.
    /// </summary>
    public static bool IsLoopback(string? host) =>
        Authority.TryParse(host, out var asked)
        && (asked.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || asked.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(asked.Host, out var address) && IPAddress.IsLoopback(address)));

    /// <summary>Whether a pattern is well-formed.</summary>
    public static bool IsPattern(string pattern) =>
        pattern == "*" || (Authority.TryParse(Rest(pattern), out var named) && !named.Host.Contains('*', StringComparison.Ordinal));

    private static bool Matches(Authority asked, string pattern)
    {
        if (!Authority.TryParse(Rest(pattern), out var named)) return false;
        if (named.Port is { } port && asked.Port != port && !(asked.Port is null && port is 80 or 443)) return false;
        return pattern.StartsWith(AnySubdomain, StringComparison.Ordinal)
            ? asked.IsSubdomainOf(named.Host)
            : asked.Host.Equals(named.Host, StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> Rest(string pattern) =>
        pattern.StartsWith(AnySubdomain, StringComparison.Ordinal) ? pattern.AsSpan(AnySubdomain.Length) : pattern;
}

using System.Net;

namespace HeliosStarling;

/// <summary>
/// Under which names a server may be reached. A foreign page can give its own name the address of any server (DNS rebinding); then its
/// <c>Origin</c> and <c>Host</c> are equal, and only the name is wrong.
/// </summary>
internal static class HostRules
{
    private const string AnySubdomain = "*.";

    /// <summary>Whether a request may come in that names this host.</summary>
    /// <param name="host">The <c>Host</c> header.</param>
    /// <param name="allowedHosts">Host and, unless any may stand there, port: <c>example.com</c>, <c>*.example.com:8443</c>, <c>*</c>.
    /// Empty: any host.</param>
    public static bool IsAllowed(string? host, IReadOnlyCollection<string> allowedHosts)
    {
        if (allowedHosts.Count == 0) return true;
        return Authority.TryParse(host, out var asked) && allowedHosts.Any(pattern => pattern == "*" || Matches(asked, pattern));
    }

    /// <summary>
    /// Whether a host can only be this machine: <c>localhost</c>, names under it, and loopback addresses. No DNS is asked for these.
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

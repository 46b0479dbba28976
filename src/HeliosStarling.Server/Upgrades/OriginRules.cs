namespace HeliosStarling;

/// <summary>
/// Decides which pages may connect, because the same-origin policy of browsers does not cover WebSockets (RFC 6455 section 10.2).
/// </summary>
internal static class OriginRules
{
    private const string AnySubdomain = "*.";

    /// <summary>Whether a request with these headers may connect.</summary>
    /// <param name="origin">The <c>Origin</c> header. Null is allowed: only browsers send the header.</param>
    /// <param name="host">The <c>Host</c> header. Pages of the same host and port may connect.</param>
    /// <param name="allowedOrigins">Further origins, for example <c>https://example.com</c>. <c>https://*.example.com</c> allows its
    /// subdomains, <c>*</c> allows all, and <c>null</c> allows pages with the origin <c>null</c>.</param>
    public static bool IsAllowed(string? origin, string? host, IReadOnlyCollection<string> allowedOrigins)
    {
        if (origin is null) return true;
        foreach (var allowed in allowedOrigins)
        {
            if (allowed == "*" || IsSame(origin, allowed.TrimEnd('/'))) return true;
        }

        // A proxy may have terminated TLS, so the scheme of this connection is not known.
        // If the Host header has no port, the default port of the origin's scheme is assumed.
        return TryParse(origin, out _, out var defaultPort, out var page)
            && Authority.TryParse(host, out var server)
            && page.Matches(server, defaultPort);
    }

    /// <summary>Whether an entry of the list of allowed origins is well-formed.</summary>
    public static bool IsPattern(string allowed)
    {
        if (allowed is "*" or "null") return true;
        var origin = TryParse(allowed, out _, out _, out var page) && page.Host.StartsWith(AnySubdomain, StringComparison.Ordinal)
            ? allowed.Replace("://" + AnySubdomain, "://", StringComparison.Ordinal)
            : allowed;
        return !origin.Contains('*', StringComparison.Ordinal)
            && Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSame(string origin, string allowed)
    {
        if (origin.Equals(allowed, StringComparison.OrdinalIgnoreCase)) return true;
        return TryParse(origin, out var scheme, out var defaultPort, out var page)
            && TryParse(allowed, out var allowedScheme, out _, out var allowedPage)
            && scheme.Equals(allowedScheme, StringComparison.OrdinalIgnoreCase)
            && Matches(page, allowedPage, defaultPort);
    }

    private static bool Matches(Authority page, Authority allowed, int defaultPort)
    {
        if (!allowed.Host.StartsWith(AnySubdomain, StringComparison.Ordinal)) return page.Matches(allowed, defaultPort);
        return page.IsSubdomainOf(allowed.Host.AsSpan(AnySubdomain.Length)) && (page.Port ?? defaultPort) == (allowed.Port ?? defaultPort);
    }

    private static bool TryParse(string origin, out ReadOnlySpan<char> scheme, out int defaultPort, out Authority authority)
    {
        var end = origin.IndexOf("://", StringComparison.Ordinal);
        scheme = end < 0 ? default : origin.AsSpan(0, end);
        defaultPort = scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? 443 : 80;
        authority = default;
        var isWeb = defaultPort == 443 || scheme.Equals("http", StringComparison.OrdinalIgnoreCase);
        return isWeb && Authority.TryParse(origin.AsSpan(end + 3), out authority);
    }
}

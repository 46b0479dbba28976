using System.Buffers;

namespace HeliosStarling;

/// <summary>The host and port of a <c>Host</c> or <c>Origin</c> header. The port is null when it is absent.</summary>
internal readonly record struct Authority(string Host, int? Port)
{
    private static readonly SearchValues<char> s_inHost =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~!$&'()*+;=%");

    private static readonly SearchValues<char> s_inAddress = SearchValues.Create("0123456789ABCDEFabcdef:.");

    public static bool TryParse(ReadOnlySpan<char> text, out Authority authority)
    {
        authority = default;
        var hostLength = HostLength(text);
        if (hostLength == 0 || !TryParsePort(text[hostLength..], out var port)) return false;
        authority = new Authority(text[..hostLength].ToString(), port);
        return true;
    }

    /// <summary>Whether both are the same host and port. A port that is absent is <paramref name="defaultPort"/>.</summary>
    public bool Matches(Authority other, int defaultPort) =>
        Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase) && (Port ?? defaultPort) == (other.Port ?? defaultPort);

    /// <summary>Whether the host is a subdomain of a domain. The domain itself is not.</summary>
    public bool IsSubdomainOf(ReadOnlySpan<char> domain) =>
        Host.Length > domain.Length + 1
        && Host[^(domain.Length + 1)] == '.'
        && Host.AsSpan().EndsWith(domain, StringComparison.OrdinalIgnoreCase);

    // 0 when the host is invalid.
    private static int HostLength(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith('['))
        {
            var end = text.IndexOf(':');
            if (end < 0) end = text.Length;
            return text[..end].ContainsAnyExcept(s_inHost) ? 0 : end;
        }

        var bracket = text.IndexOf(']');
        return bracket < 3 || text[1..bracket].ContainsAnyExcept(s_inAddress) ? 0 : bracket + 1;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int? port)
    {
        port = null;
        if (text.IsEmpty) return true;
        if (text[0] != ':' || !HttpSyntax.TryReadNumber(text[1..], ushort.MaxValue, out var number)) return false;
        port = (int)number;
        return true;
    }
}

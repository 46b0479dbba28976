using System.Net;
using System.Net.Sockets;

namespace HeliosStarling;

/// <summary>An address to listen on: <c>http(s)://host:port</c>, <c>http(s)://unix:/path</c> or <c>unix:/path</c>.</summary>
/// <param name="EndPoints">The endpoints to bind; both loopback addresses for <c>localhost</c>.</param>
/// <param name="IsSecure">Whether TLS is used.</param>
/// <param name="Host">The host as written, for the reported address.</param>
internal sealed record ListenAddress(IReadOnlyList<EndPoint> EndPoints, bool IsSecure, string Host)
{
    private const string Shape =
        "Use http://host:port, https://host:port or unix:/path; host is 'localhost', an IP address (IPv6 in brackets) or '*' for all.";

    /// <summary>Whether only programs on this machine can reach the address over the network.</summary>
    public bool IsLoopback => EndPoints.All(endPoint => endPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address));

    /// <summary>Parses a list of addresses, separated by ';'.</summary>
    /// <exception cref="FormatException">An address is malformed. The message explains the format.</exception>
    public static IReadOnlyList<ListenAddress> ParseAll(string urls) =>
        [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    /// <exception cref="FormatException">The address is malformed. The message explains the format.</exception>
    public static ListenAddress Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.StartsWith("unix:/", StringComparison.Ordinal)) return Unix(url["unix:".Length..], isSecure: false);
        var isSecure = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isSecure && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) throw Malformed(url);
        var rest = url[(isSecure ? 8 : 7)..].TrimEnd('/');
        if (rest.StartsWith("unix:/", StringComparison.Ordinal)) return Unix(rest["unix:".Length..], isSecure);
        if (rest.Contains('/', StringComparison.Ordinal)) throw Malformed(url);
        return Tcp(url, rest, isSecure);
    }

    private static ListenAddress Unix(string path, bool isSecure) => new([new UnixDomainSocketEndPoint(path)], isSecure, "unix:" + path);

    private static ListenAddress Tcp(string url, string authority, bool isSecure)
    {
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var host = hasPort ? authority[..colon] : authority;
        long port = isSecure ? 443 : 80;
        if (host.Length == 0 || (hasPort && !HttpSyntax.TryReadNumber(authority.AsSpan(colon + 1), ushort.MaxValue, out port)))
            throw Malformed(url);
        IReadOnlyList<IPAddress> addresses = host switch
        {
            "*" or "+" => [IPAddress.IPv6Any],
            _ when host.Equals("localhost", StringComparison.OrdinalIgnoreCase) => [IPAddress.Loopback, IPAddress.IPv6Loopback],
            _ when IPAddress.TryParse(host, out var address) => [address],
            _ => throw Malformed(url),
        };
        return new ListenAddress([.. addresses.Select(address => new IPEndPoint(address, (int)port))], isSecure, host);
    }

    // The text before '@' or after '?' may contain a secret.
    private static FormatException Malformed(string url) =>
        new(
            $"{(url.AsSpan().ContainsAny('@', '?') ? "An address with a user name or a query" : $"Address '{url}'")} cannot be listened on. {Shape}");
}

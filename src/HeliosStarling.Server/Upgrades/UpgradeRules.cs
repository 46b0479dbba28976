using System.Security.Cryptography;
using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Decides which requests become WebSockets (RFC 6455 section 4.2, RFC 8441 section 5), for both listeners. It does no I/O.
/// </summary>
/// <remarks>
/// The order of all checks is: rate, room, host, origin, the application's filters, expiry, the client's limit, and the handshake last.
/// So a plain GET learns why an upgrade of the same client would be refused.
/// </remarks>
internal static class UpgradeRules
{
    private const string RecoveryPrefix = "helios.recover.";

    /// <summary>Checks the <c>Host</c> header. Returns the refusal; null when the host is allowed.</summary>
    public static Refusal? CheckHost(IUpgradeRequest request, IReadOnlyCollection<string> allowedHosts) =>
        HostRules.IsAllowed(request.GetHeader("Host"), allowedHosts) ? null : Refusals.ForbiddenHost(request.GetHeader("Host"));

    /// <summary>Checks the <c>Origin</c> header. Returns the refusal; null when the page may connect.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allowedOrigins">The allowed origins, in addition to those of the same host.</param>
    /// <param name="isLoopbackOnly">Whether the server listens on loopback addresses only and no allowed hosts are configured. Then a host
    /// is foreign unless it is certainly this machine.</param>
    public static Refusal? CheckOrigin(IUpgradeRequest request, IReadOnlyCollection<string> allowedOrigins, bool isLoopbackOnly = false)
    {
        var (origin, host) = (request.GetHeader("Origin"), request.GetHeader("Host"));
        var isForeignName = isLoopbackOnly && !HostRules.IsLoopback(host);
        if (OriginRules.IsAllowed(origin, isForeignName ? null : host, allowedOrigins)) return null;
        return isForeignName && OriginRules.IsAllowed(origin, host, allowedOrigins)
            ? Refusals.ForbiddenLoopbackOrigin(origin, host)
            : Refusals.ForbiddenOrigin(origin, host, request.GetHeader("X-Forwarded-Host"));
    }

    /// <summary>Checks the handshake. Returns the refusal; null, with the acceptance, when the handshake is valid.</summary>
    public static Refusal? CheckHandshake(IUpgradeRequest request, out UpgradeAcceptance? acceptance)
    {
        acceptance = null;
        if (!request.IsHttp2Connect && !IsHttp1Upgrade(request)) return Refusals.NotAnUpgrade;
        if (request.GetHeader("Sec-WebSocket-Version") != "13") return Refusals.WebSocketVersion(request.IsHttp2Connect);

        var key = request.GetHeader("Sec-WebSocket-Key");
        if (!request.IsHttp2Connect && !IsKey(key)) return Refusals.BadKey;

        acceptance = new UpgradeAcceptance
        {
            AcceptKey = request.IsHttp2Connect ? null : ToAcceptKey(key!),
            Subprotocol = OffersOurs(request.GetHeader("Sec-WebSocket-Protocol")) ? HeliosProtocol.Name : null,
        };
        return null;
    }

    /// <summary>Removes recovery tokens from the offered subprotocols, so that they are not logged.</summary>
    /// <returns>The first token, null when there is none, and the remaining subprotocols.</returns>
    public static (string? Token, string Others) TakeToken(string offered)
    {
        if (!offered.Contains(RecoveryPrefix, StringComparison.OrdinalIgnoreCase)) return (null, offered);
        var names = offered.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var token = names.FirstOrDefault(IsToken)?[RecoveryPrefix.Length..];
        return (token, string.Join(", ", names.Where(name => !IsToken(name))));

        static bool IsToken(string name) => name.StartsWith(RecoveryPrefix, StringComparison.OrdinalIgnoreCase);
    }

    // Subprotocols are case-sensitive (RFC 6455 section 4.2.2).
    private static bool OffersOurs(string? offered) =>
        offered?.Split(',', StringSplitOptions.TrimEntries).Contains(HeliosProtocol.Name, StringComparer.Ordinal) ?? false;

    private static bool IsHttp1Upgrade(IUpgradeRequest request) =>
        request.Method == "GET"
        && HttpSyntax.ListContains(request.GetHeader("Connection"), "Upgrade")
        && HttpSyntax.ListContains(request.GetHeader("Upgrade"), "websocket");

    private static bool IsKey(string? key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key is { Length: 24 } && Convert.TryFromBase64String(key, bytes, out var count) && count == 16;
    }

    // RFC 6455 section 4.2.2 requires SHA-1. It is not used for security here.
    private static string ToAcceptKey(string key)
    {
        Span<byte> text = stackalloc byte[24 + 36];
        Encoding.ASCII.GetBytes(key, text);
        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8.CopyTo(text[24..]);
#pragma warning disable CA5350 // The comment above has the reason.
        return Convert.ToBase64String(SHA1.HashData(text));
#pragma warning restore CA5350
    }
}

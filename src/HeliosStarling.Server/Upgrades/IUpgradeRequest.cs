namespace HeliosStarling;

/// <summary>A request that may become a WebSocket, as both listeners see it.</summary>
internal interface IUpgradeRequest
{
    /// <summary>The method, in the client's spelling: GET, or CONNECT on HTTP/2.</summary>
    string Method { get; }

    /// <summary>Whether this is an extended CONNECT of HTTP/2 with the protocol <c>websocket</c> (RFC 8441).</summary>
    bool IsHttp2Connect { get; }

    /// <summary>The values of a header, joined by commas; null when it is absent.</summary>
    /// <param name="name">The header's name in any case.</param>
    string? GetHeader(string name);
}

namespace HeliosStarling;

/// <summary>A request that may become a WebSocket, for both listeners.</summary>
internal interface IUpgradeRequest
{
    /// <summary>The method as the client wrote it: GET, or CONNECT on HTTP/2.</summary>
    string Method { get; }

    /// <summary>Whether this is an extended CONNECT of HTTP/2 with the protocol <c>websocket</c> (RFC 8441).</summary>
    bool IsHttp2Connect { get; }

    /// <summary>The values of a header, joined by commas; null when it is absent.</summary>
    /// <param name="name">The name of the header; case-insensitive.</param>
    string? GetHeader(string name);
}

using System.Net;

namespace HeliosStarling;

/// <summary>The data for the answer to a valid upgrade request.</summary>
internal sealed class UpgradeAcceptance
{
    /// <summary>The value of <c>Sec-WebSocket-Accept</c>; null on HTTP/2, which does not use it.</summary>
    public string? AcceptKey { get; init; }

    /// <summary>The address that the connection's place counts for; null when it has none.</summary>
    public IPAddress? Address { get; set; }

    /// <summary>The selected subprotocol; null when the client does not offer a supported one.</summary>
    public string? Subprotocol { get; init; }
}

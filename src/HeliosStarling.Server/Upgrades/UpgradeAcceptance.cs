using System.Net;

namespace HeliosStarling;

/// <summary>What a valid upgrade request is answered with.</summary>
internal sealed class UpgradeAcceptance
{
    /// <summary>The value of <c>Sec-WebSocket-Accept</c>; null on HTTP/2, where there is none.</summary>
    public string? AcceptKey { get; init; }

    /// <summary>The address that the connection's place was taken for; null when it has none.</summary>
    public IPAddress? Address { get; set; }

    /// <summary>The selected subprotocol; null when the client offered none that is spoken here.</summary>
    public string? Subprotocol { get; init; }
}

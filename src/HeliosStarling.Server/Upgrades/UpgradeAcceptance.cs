namespace HeliosStarling;

/// <summary>What a valid upgrade request is answered with, and what it asked for.</summary>
/// <remarks>No record: its text would show the token, which no log may hold.</remarks>
internal sealed class UpgradeAcceptance
{
    /// <summary>The value of <c>Sec-WebSocket-Accept</c>; null on HTTP/2, where there is none.</summary>
    public string? AcceptKey { get; init; }

    /// <summary>The selected subprotocol; null when the client offered none that is spoken here.</summary>
    public string? Subprotocol { get; init; }

    /// <summary>The recovery token that was offered as a subprotocol; null when there was none. Never echoed.</summary>
    public string? RecoveryToken { get; init; }
}

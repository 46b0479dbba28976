namespace HeliosStarling.Protocol;

/// <summary>The close codes that the protocol uses (docs/protocol.md section 1, RFC 6455 section 7.4.1).</summary>
public static class CloseCode
{
    /// <summary>Normal closure.</summary>
    public const int Normal = 1000;

    /// <summary>The server shuts down. The client should reconnect.</summary>
    public const int GoingAway = 1001;

    /// <summary>The peer sent a malformed frame.</summary>
    public const int ProtocolError = 1002;

    /// <summary>The peer sent a kind of data that is not accepted.</summary>
    public const int Unsupported = 1003;

    /// <summary>A text message that is not UTF-8.</summary>
    public const int InvalidUtf8 = 1007;

    /// <summary>The peer violated a policy.</summary>
    public const int Policy = 1008;

    /// <summary>The peer sent a message larger than 16 times the size limit.</summary>
    public const int TooLarge = 1009;

    /// <summary>The server failed.</summary>
    public const int ServerFault = 1011;

    /// <summary>A newer connection of the same starling took over, or this connection attempt came too late.</summary>
    public const int Superseded = 4000;

    /// <summary>The server refused a recovery that the client demanded.</summary>
    public const int RecoveryRefused = 4001;

    /// <summary>The application closed the connection for good.</summary>
    public const int ClosedForGood = 4002;

    /// <summary>
    /// The peer reads too slowly: its outbox is full and the policy is to disconnect, or it does not read its answers or the answers to its
    /// pings.
    /// </summary>
    public const int TooSlow = 4003;

    /// <summary>The peer sent nothing for too long.</summary>
    public const int LivenessTimeout = 4008;

    /// <summary>The peer exceeded a rate limit.</summary>
    public const int RateLimited = 4029;
}

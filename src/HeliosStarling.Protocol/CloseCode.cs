namespace HeliosStarling.Protocol;

/// <summary>The close codes that the protocol uses (docs/protocol.md section 1, RFC 6455 section 7.4.1).</summary>
public static class CloseCode
{
    /// <summary>Finished.</summary>
    public const int Normal = 1000;

    /// <summary>The server goes away; the client should reconnect.</summary>
    public const int GoingAway = 1001;

    /// <summary>Broken frame.</summary>
    public const int ProtocolError = 1002;

    /// <summary>A kind of data that is not taken.</summary>
    public const int Unsupported = 1003;

    /// <summary>A text message that is not UTF-8.</summary>
    public const int InvalidUtf8 = 1007;

    /// <summary>A policy was violated.</summary>
    public const int Policy = 1008;

    /// <summary>A message over 16 times the largest size.</summary>
    public const int TooLarge = 1009;

    /// <summary>A fault of the server.</summary>
    public const int ServerFault = 1011;

    /// <summary>A newer connection of the same starling took over, or a late attempt.</summary>
    public const int Superseded = 4000;

    /// <summary>The recovery was refused, and the client demanded it.</summary>
    public const int RecoveryRefused = 4001;

    /// <summary>Closed for good by the application.</summary>
    public const int ClosedForGood = 4002;

    /// <summary>
    /// The other side is too slow: its outbox is full under the policy that disconnects, or it takes neither its answers nor the answers to
    /// its pings.
    /// </summary>
    public const int TooSlow = 4003;

    /// <summary>Nothing came from the peer for too long.</summary>
    public const int LivenessTimeout = 4008;

    /// <summary>Rate limited.</summary>
    public const int RateLimited = 4029;
}

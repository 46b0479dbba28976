namespace HeliosStarling.Protocol;

/// <summary>The fixed numbers of the protocol (docs/protocol.md sections 3 and 4).</summary>
public static class ProtocolLimits
{
    /// <summary>The largest message in bytes unless configured otherwise: 1 MiB.</summary>
    public const int DefaultMaxMessageSize = 1024 * 1024;

    /// <summary>A message over this many times the largest closes the connection with 1009.</summary>
    public const int TooLargeFactor = 16;

    /// <summary>Where a too large message is searched for its request id, in bytes from its start.</summary>
    public const int RequestIdSearchLength = 4096;

    /// <summary>The longest error message in characters; longer ones are cut.</summary>
    public const int MaxErrorMessageLength = 1024;

    /// <summary>The longest error code in characters.</summary>
    public const int MaxErrorCodeLength = 63;

    /// <summary>The deepest JSON nesting, counted from the message's own brace.</summary>
    public const int MaxDepth = 64;

    /// <summary>The longest method name in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The longest topic, and the longest topic pattern, in characters.</summary>
    public const int MaxTopicLength = 256;
}

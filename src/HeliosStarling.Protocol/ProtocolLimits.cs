namespace HeliosStarling.Protocol;

/// <summary>The limits that the protocol defines (docs/protocol.md sections 3 and 4).</summary>
public static class ProtocolLimits
{
    /// <summary>The default message size limit: 1 MiB.</summary>
    public const int DefaultMaxMessageSize = 1024 * 1024;

    /// <summary>A message larger than the size limit times this factor closes the connection with 1009.</summary>
    public const int TooLargeFactor = 16;

    /// <summary>The number of bytes at the start of a too large message that are searched for its request id.</summary>
    public const int RequestIdSearchLength = 4096;

    /// <summary>The maximum length of an error message in characters. Longer ones are cut.</summary>
    public const int MaxErrorMessageLength = 1024;

    /// <summary>The maximum length of an error code in characters.</summary>
    public const int MaxErrorCodeLength = 63;

    /// <summary>The maximum JSON nesting depth. The message object itself is level 1.</summary>
    public const int MaxDepth = 64;

    /// <summary>The maximum length of a method name in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The maximum length of a topic or topic pattern in characters.</summary>
    public const int MaxTopicLength = 256;
}

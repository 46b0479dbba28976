namespace HeliosStarling;

/// <summary>The kind of a message or control frame.</summary>
internal enum InboundFrameKind : byte
{
    Text,
    Binary,
    Ping,
    Pong,
    Close,

    /// <summary>A message that exceeds the maximum size by up to 16 times. It is skipped, except its start.</summary>
    TooLarge,
}

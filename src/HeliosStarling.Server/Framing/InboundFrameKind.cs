namespace HeliosStarling;

/// <summary>What came from the client.</summary>
internal enum InboundFrameKind : byte
{
    Text,
    Binary,
    Ping,
    Pong,
    Close,

    /// <summary>A message over the largest size, up to 16 times it: read past, only its beginning is kept.</summary>
    TooLarge,
}

namespace HeliosStarling.Chaos;

/// <summary>The place in a connection where a fault happens.</summary>
internal enum FaultPlace
{
    /// <summary>In the upgrade request, its answer, or the welcome.</summary>
    Handshake,

    /// <summary>In a message that is sent again.</summary>
    Replay,

    /// <summary>In an acknowledgement.</summary>
    Ack,

    /// <summary>In a close frame.</summary>
    Close,

    /// <summary>Anywhere else.</summary>
    Steady,
}

namespace HeliosStarling.Chaos;

/// <summary>Where in the life of a connection a fault strikes.</summary>
internal enum Place
{
    /// <summary>In the upgrade's request or answer, or in the welcome.</summary>
    Handshake,

    /// <summary>In a message that was on its way before and is sent again.</summary>
    Replay,

    /// <summary>In an acknowledgement.</summary>
    Ack,

    /// <summary>In a close frame.</summary>
    Close,

    /// <summary>Anywhere else.</summary>
    Steady,
}

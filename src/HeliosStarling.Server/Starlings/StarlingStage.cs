namespace HeliosStarling;

/// <summary>The stages of a starling's life.</summary>
internal enum StarlingStage : byte
{
    /// <summary>A connection has arrived and is not linked yet. The application greets the starling.</summary>
    Arriving,

    /// <summary>The starling has a connection.</summary>
    Linked,

    /// <summary>The starling has no connection, and its client may come back.</summary>
    Away,

    /// <summary>
    /// The starling was closed for good, has left or was given up. No connection can be linked, and the server is about to forget it.
    /// </summary>
    Closed,

    /// <summary>The server has forgotten the starling.</summary>
    Gone,
}

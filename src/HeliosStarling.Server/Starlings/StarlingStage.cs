namespace HeliosStarling;

/// <summary>Where a starling stands in its life.</summary>
internal enum StarlingStage : byte
{
    /// <summary>A connection has come in for it and is not linked yet; the application greets the starling.</summary>
    Arriving,

    /// <summary>It has a connection.</summary>
    Linked,

    /// <summary>It has no connection, and may come back.</summary>
    Away,

    /// <summary>
    /// It is closed for good, has left or was given up: no connection can be linked any more, and the server is about to forget it.
    /// </summary>
    Closed,

    /// <summary>The server has forgotten it.</summary>
    Gone,
}

namespace HeliosStarling;

/// <summary>What to do about a peer.</summary>
internal enum LivenessVerdict : byte
{
    /// <summary>The peer needs no action.</summary>
    Alive,

    /// <summary>The peer has been silent and must be pinged.</summary>
    Ping,

    /// <summary>The peer did not answer the ping.</summary>
    Dead,
}

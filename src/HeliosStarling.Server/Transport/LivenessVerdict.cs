namespace HeliosStarling;

/// <summary>What to do about a peer.</summary>
internal enum LivenessVerdict : byte
{
    /// <summary>Nothing.</summary>
    Alive,

    /// <summary>It has been silent: ping it.</summary>
    Ping,

    /// <summary>It did not answer the ping.</summary>
    Dead,
}

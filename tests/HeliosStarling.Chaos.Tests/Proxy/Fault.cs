namespace HeliosStarling.Chaos;

/// <summary>A fault of the network.</summary>
internal enum Fault
{
    /// <summary>The connection is reset before a frame.</summary>
    Cut,

    /// <summary>The connection is reset in the middle of a frame.</summary>
    CutMidFrame,

    /// <summary>One direction loses everything from here on.</summary>
    HalfOpen,

    /// <summary>Both directions lose everything from here on.</summary>
    BlackHole,

    /// <summary>A frame and everything after it are delayed.</summary>
    Delay,

    /// <summary>A frame arrives in small pieces.</summary>
    SlowDrip,
}

namespace HeliosStarling.Chaos;

/// <summary>What the network does to a connection.</summary>
internal enum Fault
{
    /// <summary>Both ways are reset ahead of a frame.</summary>
    Cut,

    /// <summary>Both ways are reset in the middle of a frame.</summary>
    CutMidFrame,

    /// <summary>One way swallows everything from here on, the other stays.</summary>
    HalfOpen,

    /// <summary>Both ways swallow everything from here on.</summary>
    BlackHole,

    /// <summary>A frame and all behind it come late.</summary>
    Delay,

    /// <summary>A frame comes in crumbs.</summary>
    SlowDrip,
}

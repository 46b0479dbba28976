namespace HeliosStarling;

/// <summary>What <see cref="FrameReader.TryRead"/> found.</summary>
internal enum FrameStatus : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A message or control frame is complete.</summary>
    Ready,

    /// <summary>The client broke a rule; <see cref="FrameReader.Fault"/> says how to close. Nothing more will be read.</summary>
    Invalid,
}

namespace HeliosStarling;

/// <summary>The result of <see cref="FrameReader.TryRead"/>.</summary>
internal enum FrameStatus : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>A message or control frame is complete.</summary>
    Ready,

    /// <summary>The client broke a rule. <see cref="FrameReader.Fault"/> has the close code and reason. Nothing more is read.</summary>
    Invalid,
}

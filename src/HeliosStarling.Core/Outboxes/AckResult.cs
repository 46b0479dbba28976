namespace HeliosStarling;

/// <summary>What an acknowledgement did.</summary>
internal enum AckResult : byte
{
    /// <summary>Messages were acknowledged.</summary>
    Applied,

    /// <summary>It says nothing new, or comes from a connection that is not linked.</summary>
    Ignored,

    /// <summary>It acknowledges what was never handed to a connection.</summary>
    TooHigh,
}

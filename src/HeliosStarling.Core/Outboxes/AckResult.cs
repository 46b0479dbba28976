namespace HeliosStarling;

/// <summary>The result of an acknowledgement.</summary>
internal enum AckResult : byte
{
    /// <summary>Messages were acknowledged.</summary>
    Applied,

    /// <summary>It acknowledged nothing new, or came from a connection that is not linked.</summary>
    Ignored,

    /// <summary>It acknowledged messages that were never handed to a connection.</summary>
    TooHigh,
}

namespace HeliosStarling;

/// <summary>How a log answered to an append.</summary>
internal enum AppendStatus
{
    /// <summary>The message has the next offset and was published.</summary>
    Appended,

    /// <summary>The message was appended before. Its first offset is returned, and nothing is published.</summary>
    Repeated,

    /// <summary>The source has already appended a higher number. Nothing is appended, and the offset is not known any more.</summary>
    Superseded,

    /// <summary>There is no room for a message of this size.</summary>
    Full,
}

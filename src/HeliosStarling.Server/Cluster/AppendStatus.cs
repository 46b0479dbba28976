namespace HeliosStarling;

/// <summary>The status of an append.</summary>
internal enum AppendStatus
{
    /// <summary>The message was appended with the next offset and published.</summary>
    Appended,

    /// <summary>The message was appended before. The result has its first offset, and nothing was published.</summary>
    Repeated,

    /// <summary>The source has already appended a higher number. Nothing was appended, and the offset of the message is unknown.</summary>
    Superseded,

    /// <summary>There is no room for a message of this size.</summary>
    Full,
}

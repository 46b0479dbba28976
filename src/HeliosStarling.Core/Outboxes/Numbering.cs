namespace HeliosStarling;

/// <summary>The time at which messages of a conversation get their numbers (docs/protocol.md section 7, rule 2).</summary>
internal enum Numbering : byte
{
    /// <summary>Never. Messages are not kept after they were sent.</summary>
    None,

    /// <summary>When they are queued, as on a server. A dropped message leaves a gap in the numbers.</summary>
    WhenQueued,

    /// <summary>When their first byte is handed to a connection, as on a client. Before that, they can be withdrawn.</summary>
    WhenSent,
}

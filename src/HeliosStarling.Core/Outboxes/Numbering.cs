namespace HeliosStarling;

/// <summary>When the messages of a conversation get their numbers (docs/protocol.md section 7, rule 2).</summary>
internal enum Numbering : byte
{
    /// <summary>Never: nothing is kept once it is sent.</summary>
    None,

    /// <summary>When they are queued, as a server does: one that is dropped leaves a gap.</summary>
    WhenQueued,

    /// <summary>When their first byte is handed to a connection, as a client does: before that they can be withdrawn.</summary>
    WhenSent,
}

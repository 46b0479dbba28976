namespace HeliosStarling;

/// <summary>What became of a connection that wanted to be linked.</summary>
/// <param name="Outcome">Whether it is, or why not.</param>
/// <param name="Previous">The live connection that it took over from; null when there was none.</param>
/// <param name="Ready">Completes when all that earlier connections have counted is handled: then its own messages may be.</param>
internal readonly record struct LinkResult(LinkOutcome Outcome, Connection? Previous, Task Ready)
{
    /// <summary>A connection that is not linked.</summary>
    public static LinkResult Refused(LinkOutcome outcome) => new(outcome, null, Task.CompletedTask);
}

/// <summary>Whether a connection is linked, or why not. What is not linked has touched nothing.</summary>
internal enum LinkOutcome : byte
{
    Linked,

    /// <summary>A later attempt was linked already, or another life of the client took over.</summary>
    Late,

    /// <summary>Nothing shows that the client still lives: it must answer a ping first.</summary>
    Unproven,

    /// <summary>The peer can't have counted what it says.</summary>
    Impossible,

    /// <summary>The conversation is over.</summary>
    Gone,
}

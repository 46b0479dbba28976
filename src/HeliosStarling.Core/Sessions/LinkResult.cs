namespace HeliosStarling;

/// <summary>The result of an attempt to link a connection.</summary>
/// <param name="Outcome">Whether the connection is linked, or the reason why not.</param>
/// <param name="Previous">The live connection that it replaced; null when there was none.</param>
/// <param name="Ready">Completes when all messages that earlier connections counted are handled. Messages of this connection must wait for
/// that.</param>
internal readonly record struct LinkResult(LinkOutcome Outcome, Connection? Previous, Task Ready)
{
    /// <summary>Creates the result for a connection that is not linked.</summary>
    public static LinkResult Refused(LinkOutcome outcome) => new(outcome, null, Task.CompletedTask);
}

/// <summary>The outcome of an attempt to link a connection. An attempt that fails changes nothing.</summary>
internal enum LinkOutcome : byte
{
    Linked,

    /// <summary>A later attempt is already linked, or another instance of the client took over.</summary>
    Late,

    /// <summary>It is not known whether the client is still alive. It must answer a ping first.</summary>
    Unproven,

    /// <summary>The peer cannot have counted the number of messages that it sent.</summary>
    Impossible,

    /// <summary>The conversation is over.</summary>
    Gone,
}

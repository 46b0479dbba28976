namespace HeliosStarling.Fuzz;

/// <summary>The kind of a step.</summary>
internal enum StepKind : byte
{
    /// <summary>Opens a connection in a slot. The connection that was in the slot stays open.</summary>
    Open,

    /// <summary>A message of any kind, in valid frames.</summary>
    Message,

    /// <summary>A message with some changed bytes.</summary>
    Mutated,

    /// <summary>The same message many times.</summary>
    Flood,

    /// <summary>Any frame: opcode, bits, mask, form of length, a wrong length.</summary>
    Frame,

    /// <summary>The start of a frame, or a message with something else between its fragments.</summary>
    Partial,

    /// <summary>A ping, pong or close frame.</summary>
    Control,

    /// <summary>Raw bytes.</summary>
    Raw,

    /// <summary>Waits for open requests.</summary>
    Wait,

    /// <summary>Resets, closes or half-closes the transport.</summary>
    End,

    /// <summary>Stops reading, or reads again.</summary>
    Reading,

    /// <summary>Advances the clock.</summary>
    Clock,

    /// <summary>A verifying client sends a request.</summary>
    VerifyingRequest,
}

/// <summary>One step of a script.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Slot">The connection.</param>
/// <param name="Choices">Bytes that decide everything else.</param>
internal sealed record Step(StepKind Kind, byte Slot, byte[] Choices);

namespace HeliosStarling.Fuzz;

/// <summary>What a script does next.</summary>
internal enum StepKind : byte
{
    /// <summary>Opens a connection in a slot, and leaves the one that is there to itself.</summary>
    Open,

    /// <summary>A message of any kind, in frames that are in order.</summary>
    Message,

    /// <summary>A message of which some bytes are changed.</summary>
    Mutated,

    /// <summary>The same message many times.</summary>
    Flood,

    /// <summary>Any frame: opcode, bits, mask, form of length, a length that lies.</summary>
    Frame,

    /// <summary>The start of a frame, or a message between whose fragments something else comes.</summary>
    Partial,

    /// <summary>A ping, pong or close frame.</summary>
    Control,

    /// <summary>Bytes as they are.</summary>
    Raw,

    /// <summary>Waits for the answers that are due.</summary>
    Wait,

    /// <summary>Resets, closes or half-closes the transport.</summary>
    End,

    /// <summary>Stops to read, or reads again.</summary>
    Reading,

    /// <summary>Turns the clock.</summary>
    Clock,

    /// <summary>A bystander asks something.</summary>
    Bystander,
}

/// <summary>One step of a script.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Slot">On which connection.</param>
/// <param name="Choices">Everything else about it.</param>
internal sealed record Step(StepKind Kind, byte Slot, byte[] Choices);

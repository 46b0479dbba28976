namespace HeliosStarling;

/// <summary>The rules for the headers of a client's frames (RFC 6455 sections 5.1 to 5.5).</summary>
internal static class FrameRules
{
    /// <summary>The maximum payload of a control frame in bytes (RFC 6455 section 5.5).</summary>
    public const int MaxControlPayload = 125;

    /// <summary>Finds the rule that the header breaks, as the reason of a close with 1002; null when the header is allowed.</summary>
    /// <param name="header">The header.</param>
    /// <param name="insideMessage">Whether a fragmented message is incomplete.</param>
    public static string? FindFault(in FrameHeader header, bool insideMessage)
    {
        if (header.HasReservedBits) return "Reserved bits must be 0";
        if (!header.IsMasked) return "Frames of a client must be masked";
        if (!header.IsMinimal) return "Length must be written in the fewest bytes";
        if (header.Length > long.MaxValue) return "Length must be below 2^63";

        return header.Opcode switch
        {
            Opcode.Text or Opcode.Binary => insideMessage ? "A fragmented message is still open" : null,
            Opcode.Continuation => insideMessage ? null : "No fragmented message is open",
            Opcode.Close or Opcode.Ping or Opcode.Pong => FindControlFault(header),
            _ => "Unknown opcode",
        };
    }

    private static string? FindControlFault(in FrameHeader header)
    {
        if (!header.Fin) return "Control frames must not be fragmented";
        if (header.Length > MaxControlPayload) return "Control frames hold at most 125 bytes";
        return header is { Opcode: Opcode.Close, Length: 1 } ? "A close frame holds no payload or at least two bytes" : null;
    }
}

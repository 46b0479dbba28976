namespace HeliosStarling;

/// <summary>A complete message or control frame.</summary>
internal readonly struct InboundFrame
{
    public InboundFrameKind Kind { get; init; }

    /// <summary>Whether it is a control frame.</summary>
    public bool IsControl => Kind is InboundFrameKind.Ping or InboundFrameKind.Pong or InboundFrameKind.Close;

    /// <summary>The unmasked payload; of a too large message its first 4 KiB, of a close frame empty.</summary>
    /// <remarks>A slice of the reader's buffer: valid until the reader is used again.</remarks>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The message's size in bytes, all fragments together.</summary>
    public long Size { get; init; }

    /// <summary>Whether a message is text, too large ones included.</summary>
    public bool IsText { get; init; }

    /// <summary>The code of a close frame; 0 when it holds none.</summary>
    public int CloseCode { get; init; }

    /// <summary>The reason of a close frame; empty when it holds none.</summary>
    public string CloseReason
    {
        get => field ?? "";
        init;
    }
}

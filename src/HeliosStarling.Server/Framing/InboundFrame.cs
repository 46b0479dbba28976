namespace HeliosStarling;

/// <summary>A complete message or control frame.</summary>
internal readonly struct InboundFrame
{
    public InboundFrameKind Kind { get; init; }

    /// <summary>Whether it is a control frame.</summary>
    public bool IsControl => Kind is InboundFrameKind.Ping or InboundFrameKind.Pong or InboundFrameKind.Close;

    /// <summary>The unmasked payload. Of a message that is too large it has the first 4 KiB. Empty for a close frame.</summary>
    /// <remarks>A slice of the reader's buffer, valid until the reader is used again.</remarks>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The size of the message in bytes, with all its fragments.</summary>
    public long Size { get; init; }

    /// <summary>Whether the message is a text message. Also set for <see cref="InboundFrameKind.TooLarge"/>.</summary>
    public bool IsText { get; init; }

    /// <summary>The code of a close frame; 0 when it has none.</summary>
    public int CloseCode { get; init; }

    /// <summary>The reason of a close frame; empty when it has none.</summary>
    public string CloseReason
    {
        get => field ?? "";
        init;
    }
}

namespace HeliosStarling;

/// <summary>The state of a message whose last fragment has not been read.</summary>
internal struct MessageInProgress(Opcode opcode)
{
    /// <summary>The total length that the headers of its frames claim so far, in bytes.</summary>
    public long Size;

    /// <summary>Validates a text message. Not used for binary messages.</summary>
    public Utf8Validator Utf8;

    /// <summary>Whether only the start of the message is kept.</summary>
    public bool IsTooLarge;

    public readonly bool IsOpen => opcode != Opcode.Continuation;

    public readonly bool IsText => opcode == Opcode.Text;
}

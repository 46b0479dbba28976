namespace HeliosStarling;

/// <summary>What is known of a message whose last fragment hasn't been read yet.</summary>
internal struct MessageInProgress(Opcode opcode)
{
    /// <summary>The bytes that its frames so far claim.</summary>
    public long Size;

    /// <summary>Checks its text; binary messages don't use it.</summary>
    public Utf8Validator Utf8;

    /// <summary>Whether only its start is kept.</summary>
    public bool IsTooLarge;

    public readonly bool IsOpen => opcode != Opcode.Continuation;

    public readonly bool IsText => opcode == Opcode.Text;
}

namespace HeliosStarling;

/// <summary>A text message that is neither JSON nor a protocol message.</summary>
public sealed class TextContext
{
    internal TextContext(Starling starling, string text) => (Starling, Text) = (starling, text);

    /// <summary>The starling that sent it.</summary>
    public Starling Starling { get; }

    /// <summary>The text.</summary>
    public string Text { get; }
}

namespace HeliosStarling.Protocol;

/// <summary>The kinds of content that a text frame can have (docs/protocol.md sections 1 and 2).</summary>
public enum ReadStatus : byte
{
    /// <summary>A valid protocol message.</summary>
    Message,

    /// <summary>Valid JSON without <c>"protocol":"helios-starling"</c>: delivered to the application.</summary>
    Json,

    /// <summary>Any other text: delivered to the application.</summary>
    Text,

    /// <summary>A protocol message that violates a rule. A <see cref="Violation"/> describes it.</summary>
    Invalid,
}

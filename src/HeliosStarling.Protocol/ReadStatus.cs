namespace HeliosStarling.Protocol;

/// <summary>What a text frame turned out to hold (docs/protocol.md sections 1 and 2).</summary>
public enum ReadStatus : byte
{
    /// <summary>A valid protocol message.</summary>
    Message,

    /// <summary>Valid JSON without <c>"protocol":"helios-starling"</c>: delivered to the application.</summary>
    Json,

    /// <summary>Any other text: delivered to the application.</summary>
    Text,

    /// <summary>A protocol message that breaks a rule; a <see cref="Violation"/> says which.</summary>
    Invalid,
}

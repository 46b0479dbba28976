namespace HeliosStarling.Protocol;

/// <summary>Who an <see cref="MessageType.Error"/> message blames (docs/protocol.md section 3).</summary>
public enum ErrorSeverity : byte
{
    /// <summary>A message broke the protocol.</summary>
    Protocol,

    /// <summary>The application reports a fault of its own.</summary>
    Application,
}

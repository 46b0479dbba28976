namespace HeliosStarling.Protocol;

/// <summary>The cause of an <see cref="MessageType.Error"/> message (docs/protocol.md section 3).</summary>
public enum ErrorSeverity : byte
{
    /// <summary>A message violated the protocol.</summary>
    Protocol,

    /// <summary>The application reports an error.</summary>
    Application,
}

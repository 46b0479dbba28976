namespace HeliosStarling.Protocol;

/// <summary>
/// The topics and methods that the protocol defines (docs/protocol.md sections 5 and 7). No other file contains these literals.
/// </summary>
internal static class WireNames
{
    /// <summary>The topic with which a caller cancels its request.</summary>
    public const string Cancel = "system:cancel";

    /// <summary>The method with which a client renews its ticket.</summary>
    public const string Renew = "system:renew";

    /// <summary>The topic of the newest recovery token.</summary>
    public const string Token = "state:token";

    /// <summary>The topic of a streamed answer's items.</summary>
    public const string StreamItem = "stream:item";

    /// <summary>The topic of a request's progress.</summary>
    public const string Progress = "progress";

    /// <summary>The topic of a request's warnings.</summary>
    public const string Warning = "warning";

    /// <summary>The prefix of all topics about a connection.</summary>
    public const string ConnectionPrefix = "connection:";

    /// <inheritdoc cref="Cancel"/>
    public static ReadOnlySpan<byte> CancelUtf8 => "system:cancel"u8;

    /// <inheritdoc cref="Renew"/>
    public static ReadOnlySpan<byte> RenewUtf8 => "system:renew"u8;

    /// <inheritdoc cref="Token"/>
    public static ReadOnlySpan<byte> TokenUtf8 => "state:token"u8;

    /// <summary>The topic of the first message on a connection that begins a new conversation.</summary>
    public static ReadOnlySpan<byte> EstablishedUtf8 => "connection:established"u8;

    /// <summary>The topic of the first message on a connection that continues an earlier conversation.</summary>
    public static ReadOnlySpan<byte> RecoveredUtf8 => "connection:recovered"u8;

    /// <summary>The topic that reports the number of missed messages.</summary>
    public static ReadOnlySpan<byte> MissedUtf8 => "connection:missed"u8;
}

namespace HeliosStarling;

/// <summary>Where a client stands.</summary>
public enum ConnectionState : byte
{
    /// <summary>It connects for the first time.</summary>
    Connecting,

    /// <summary>It is connected.</summary>
    Connected,

    /// <summary>It lost its connection and tries to get it back.</summary>
    Reconnecting,

    /// <summary>It is closed for good.</summary>
    Closed,
}

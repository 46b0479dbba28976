namespace HeliosStarling;

/// <summary>The state of a client.</summary>
public enum ConnectionState : byte
{
    /// <summary>The client connects for the first time.</summary>
    Connecting,

    /// <summary>The client is connected.</summary>
    Connected,

    /// <summary>The client has lost its connection and tries to reconnect.</summary>
    Reconnecting,

    /// <summary>The client is closed for good.</summary>
    Closed,
}

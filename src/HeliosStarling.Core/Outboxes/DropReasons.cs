namespace HeliosStarling;

/// <summary>The reasons for dropped messages, for metrics.</summary>
internal static class DropReasons
{
    /// <summary>The connection of the peer ended, and messages are not kept for a reconnect.</summary>
    public const string ConnectionClosed = "connection_closed";

    /// <summary>The message exceeds the size limit of the peer.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Returns the reason for a message that a full outbox dropped.</summary>
    public static string Of(OutboxPolicy? policy) => policy switch
    {
        OutboxPolicy.DropOldest => "drop_oldest",
        OutboxPolicy.DropNewest => "drop_newest",
        OutboxPolicy.Disconnect => "disconnect",
        _ => "refused",
    };
}

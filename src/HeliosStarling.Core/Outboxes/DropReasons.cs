namespace HeliosStarling;

/// <summary>Why messages are dropped, as metrics tell it.</summary>
internal static class DropReasons
{
    /// <summary>The peer's connection ended, and nobody is expected to come back for them.</summary>
    public const string ConnectionClosed = "connection_closed";

    /// <summary>The message is larger than the peer takes.</summary>
    public const string TooLarge = "too_large";

    /// <summary>What an outbox without room does.</summary>
    public static string Of(OutboxPolicy? policy) => policy switch
    {
        OutboxPolicy.DropOldest => "drop_oldest",
        OutboxPolicy.DropNewest => "drop_newest",
        OutboxPolicy.Disconnect => "disconnect",
        _ => "refused",
    };
}

using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Determines the kind of a message and its name in metrics.</summary>
internal static class MessageKinds
{
    private static readonly string[] s_names =
        ["request", "response", "notification", "error", "ack", "ping", "text", "json", "binary", "invalid", "too_large"];

    public static string NameOf(MessageKind kind) => s_names[(int)kind];

    /// <summary>Returns the kind of a received text message.</summary>
    public static MessageKind Of(ReadStatus status, in Message message) => status switch
    {
        ReadStatus.Message => Of(message.Type),
        ReadStatus.Json => MessageKind.Json,
        ReadStatus.Text => MessageKind.Text,
        _ => MessageKind.Invalid,
    };

    private static MessageKind Of(MessageType type) => type switch
    {
        MessageType.Request => MessageKind.Request,
        MessageType.Response => MessageKind.Response,
        MessageType.Notification => MessageKind.Notification,
        MessageType.Ack => MessageKind.Ack,
        MessageType.Ping => MessageKind.Ping,
        _ => MessageKind.Error,
    };
}

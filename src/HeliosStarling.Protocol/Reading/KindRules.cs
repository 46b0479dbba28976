using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The rules for each type of message (docs/protocol.md section 3).</summary>
internal static class KindRules
{
    public const string MalformedMethod =
        "method: must be at least two segments of letters, digits and _, each beginning with a letter, " +
        "joined by colons, 3 to 128 characters";

    private const string MalformedTopic =
        "notification.topic: must be segments of letters, digits, _, . and -, each beginning with a letter, a digit or _, " +
        "joined by colons, 1 to 256 characters";

    /// <summary>Reads the fields of the message's type into the message.</summary>
    public static void Apply(ref FieldReader fields, ref MessageDraft message)
    {
        switch (message.Type)
        {
            case MessageType.Request: Request(ref fields, ref message); break;
            case MessageType.Response: Response(ref fields, ref message); break;
            case MessageType.Notification: Notification(ref fields, ref message); break;
            case MessageType.Error: Error(ref fields, ref message); break;
            case MessageType.Ack: Ack(ref fields, ref message); break;
            case MessageType.Ping: Ping(ref fields, ref message); break;
        }
    }

    private static void Request(ref FieldReader fields, ref MessageDraft message)
    {
        message.Id = Required.Uuid(ref fields, FieldId.RequestId, "requestId", out message.IdText);
        message.Data = fields.Raw(FieldId.Payload);
        if (!fields.TryGetString(FieldId.Method, out message.Name))
            Required.AddFault(ref fields, FieldId.Method, "method", "must be a string");
        else if (!Names.IsMethod(message.Name.Span))
            fields.AddFault(MalformedMethod);
    }

    private static void Response(ref FieldReader fields, ref MessageDraft message)
    {
        message.Id = Required.Uuid(ref fields, FieldId.RequestId, "requestId", out message.IdText);
        switch (fields[FieldId.Success].Kind)
        {
            case JsonTokenType.True:
                message.Success = true;
                message.Data = fields.Raw(FieldId.Data);
                if (!fields[FieldId.Error].IsAbsent) fields.AddFault("error: must be absent when success is true");
                break;
            case JsonTokenType.False:
                ErrorRules.Apply(ref fields, ref message);
                break;
            default:
                Required.AddFault(ref fields, FieldId.Success, "success", "must be a boolean");
                break;
        }
    }

    private static void Notification(ref FieldReader fields, ref MessageDraft message)
    {
        message.Id = OptionalUuid(ref fields, FieldId.RequestId, "requestId", out message.IdText);
        message.Data = fields.Raw(FieldId.NotificationData);
        if (fields[FieldId.Notification].Kind != JsonTokenType.StartObject)
            Required.AddFault(ref fields, FieldId.Notification, "notification", "must be an object");
        else if (!fields[FieldId.NotificationTopic].IsAbsent)
            message.Name = GetTopic(ref fields);
    }

    private static ReadOnlyMemory<byte> GetTopic(ref FieldReader fields)
    {
        if (!fields.TryGetString(FieldId.NotificationTopic, out var topic)) fields.AddFault("notification.topic: must be a string");
        else if (!Names.IsTopic(topic.Span)) fields.AddFault(MalformedTopic);
        return topic;
    }

    private static void Error(ref FieldReader fields, ref MessageDraft message)
    {
        ErrorRules.Apply(ref fields, ref message);
        if (fields[FieldId.Error].Kind != JsonTokenType.StartObject) return;
        if (fields.Is(FieldId.ErrorSeverity, "application"u8)) message.Severity = ErrorSeverity.Application;
        else if (!fields.Is(FieldId.ErrorSeverity, "protocol"u8))
            Required.AddFault(ref fields, FieldId.ErrorSeverity, "error.severity", "must be protocol or application");
    }

    private static void Ack(ref FieldReader fields, ref MessageDraft message)
    {
        message.Id = Required.Uuid(ref fields, FieldId.MessageId, "messageId", out message.IdText);
        if (!fields[FieldId.Received].IsAbsent) message.Received = Required.Count(ref fields, FieldId.Received, "received");
    }

    private static void Ping(ref FieldReader fields, ref MessageDraft message) =>
        message.Id = OptionalUuid(ref fields, FieldId.MessageId, "messageId", out message.IdText);

    private static Guid OptionalUuid(ref FieldReader fields, FieldId id, string name, out ReadOnlyMemory<byte> text)
    {
        text = default;
        return fields[id].IsAbsent ? default : Required.Uuid(ref fields, id, name, out text);
    }
}

using System.Text;
using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The rules of each kind of message (PROTOCOL.md section 3).</summary>
internal static class KindRules
{
    public const string MalformedMethod =
        "method: must be at least two segments of letters, digits and _, each beginning with a letter, joined by colons, 3 to 128 characters";

    private const string MalformedTopic =
        "notification.topic: must be segments of letters, digits and _, each beginning with a letter, joined by colons, 1 to 128 characters";

    /// <summary>Adds to an envelope what its kind carries.</summary>
    public static Message Apply(ref FieldReader fields, in Message envelope) => envelope.Type switch
    {
        MessageType.Request => Request(ref fields, envelope),
        MessageType.Response => Response(ref fields, envelope),
        MessageType.Notification => Notification(ref fields, envelope),
        MessageType.Error => Error(ref fields, envelope),
        MessageType.Ack => Ack(ref fields, envelope),
        _ => Ping(ref fields, envelope),
    };

    private static Message Request(ref FieldReader fields, in Message envelope) => envelope with
    {
        Id = Required.Uuid(ref fields, FieldId.RequestId, "requestId", out var text),
        IdText = text,
        Name = GetMethod(ref fields),
        Data = fields.Raw(FieldId.Payload),
    };

    private static ReadOnlyMemory<byte> GetMethod(ref FieldReader fields)
    {
        if (!fields.TryGetString(FieldId.Method, out var method)) Required.AddFault(ref fields, FieldId.Method, "method", "must be a string");
        else if (!Names.IsMethod(method.Span)) fields.AddFault(MalformedMethod);
        return method;
    }

    private static Message Response(ref FieldReader fields, in Message envelope)
    {
        var id = Required.Uuid(ref fields, FieldId.RequestId, "requestId", out var text);
        var message = envelope with { Id = id, IdText = text };
        switch (fields[FieldId.Success].Kind)
        {
            case JsonTokenType.True:
                if (!fields[FieldId.Error].IsAbsent) fields.AddFault("error: must be absent when success is true");
                return message with { Success = true, Data = fields.Raw(FieldId.Data) };
            case JsonTokenType.False:
                return ErrorRules.Apply(ref fields, message);
            default:
                Required.AddFault(ref fields, FieldId.Success, "success", "must be a boolean");
                return message;
        }
    }

    private static Message Notification(ref FieldReader fields, in Message envelope)
    {
        var id = OptionalUuid(ref fields, FieldId.RequestId, "requestId", out var text);
        if (fields[FieldId.Notification].Kind != JsonTokenType.StartObject)
            Required.AddFault(ref fields, FieldId.Notification, "notification", "must be an object");
        return envelope with { Id = id, IdText = text, Name = GetTopic(ref fields), Data = fields.Raw(FieldId.NotificationData) };
    }

    private static ReadOnlyMemory<byte> GetTopic(ref FieldReader fields)
    {
        if (fields[FieldId.NotificationTopic].IsAbsent) return default;
        if (!fields.TryGetString(FieldId.NotificationTopic, out var topic)) fields.AddFault("notification.topic: must be a string");
        else if (!Names.IsTopic(topic.Span)) fields.AddFault(MalformedTopic);
        return topic;
    }

    private static Message Error(ref FieldReader fields, in Message envelope)
    {
        var message = ErrorRules.Apply(ref fields, envelope);
        if (fields[FieldId.Error].Kind != JsonTokenType.StartObject) return message;
        if (fields.Is(FieldId.ErrorSeverity, "application"u8)) return message with { Severity = ErrorSeverity.Application };
        if (!fields.Is(FieldId.ErrorSeverity, "protocol"u8))
            Required.AddFault(ref fields, FieldId.ErrorSeverity, "error.severity", "must be protocol or application");
        return message with { Severity = ErrorSeverity.Protocol };
    }

    private static Message Ack(ref FieldReader fields, in Message envelope)
    {
        var id = Required.Uuid(ref fields, FieldId.MessageId, "messageId", out var text);
        long? received = fields[FieldId.Received].IsAbsent ? null : Required.Count(ref fields, FieldId.Received, "received");
        return envelope with { Id = id, IdText = text, Received = received };
    }

    private static Message Ping(ref FieldReader fields, in Message envelope)
    {
        var id = OptionalUuid(ref fields, FieldId.MessageId, "messageId", out var text);
        return envelope with { Id = id, IdText = text };
    }

    private static Guid OptionalUuid(ref FieldReader fields, FieldId id, string name, out ReadOnlyMemory<byte> text)
    {
        text = default;
        return fields[id].IsAbsent ? default : Required.Uuid(ref fields, id, name, out text);
    }
}

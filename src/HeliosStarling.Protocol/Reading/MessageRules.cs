using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The rules that apply to every type of message (docs/protocol.md section 2).</summary>
internal static class MessageRules
{
    /// <summary>Reads the fields into the message. The message is valid only when no fault was added.</summary>
    public static void Apply(ref FieldReader fields, ref MessageDraft message)
    {
        CheckVersion(ref fields);
        message.Timestamp = Required.Count(ref fields, FieldId.Timestamp, "timestamp");
        var hasType = TryGetType(ref fields, out message.Type);
        if (!hasType)
            Required.AddFault(ref fields, FieldId.Type, "type", "must be one of request, response, notification, error, ack, ping");
        message.Metadata = GetMetadata(ref fields);
        message.Peer = GetPeer(ref fields);
        if (hasType) KindRules.Apply(ref fields, ref message);
    }

    private static void CheckVersion(ref FieldReader fields)
    {
        // A different major version never gets here: MessageReader has rejected it already.
        if (fields.Is(FieldId.Version, "1.0.0"u8)) return;
        if (!fields.TryGetString(FieldId.Version, out var version) || !ProtocolVersion.TryGetMajor(version.Span, out _))
            Required.AddFault(ref fields, FieldId.Version, "version", "must be a string of three numbers such as 1.0.0");
    }

    /// <summary>Reads the type of the message. Returns false when it is missing or unknown.</summary>
    public static bool TryGetType(ref FieldReader fields, out MessageType type)
    {
        type = default;
        return fields.TryGetString(FieldId.Type, out var name) && TryFindType(name.Span, out type);
    }

    private static bool TryFindType(ReadOnlySpan<byte> name, out MessageType type)
    {
        type = MessageType.Request;
        if (name.SequenceEqual("request"u8)) return true;
        type = MessageType.Response;
        if (name.SequenceEqual("response"u8)) return true;
        type = MessageType.Notification;
        if (name.SequenceEqual("notification"u8)) return true;
        type = MessageType.Error;
        if (name.SequenceEqual("error"u8)) return true;
        type = MessageType.Ack;
        if (name.SequenceEqual("ack"u8)) return true;
        type = MessageType.Ping;
        return name.SequenceEqual("ping"u8);
    }

    private static ReadOnlyMemory<byte> GetMetadata(ref FieldReader fields)
    {
        var metadata = fields[FieldId.Metadata];
        if (metadata.Kind != JsonTokenType.StartObject && !metadata.IsAbsent) fields.AddFault("metadata: must be an object");
        return fields.RawUnlessNull(FieldId.Metadata);
    }

    private static ReadOnlyMemory<byte> GetPeer(ref FieldReader fields)
    {
        switch (fields[FieldId.Peer].Kind)
        {
            case JsonTokenType.True or JsonTokenType.StartObject:
                return fields.Raw(FieldId.Peer);
            case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.StartArray:
                fields.AddFault("peer: must be a boolean or an object");
                return default;
            default:
                return default;
        }
    }
}

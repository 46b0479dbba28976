using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The rules that hold for every kind of message (PROTOCOL.md section 2).</summary>
internal static class MessageRules
{
    private const string AllowedTypes = "request, response, notification, error, ack, ping";

    /// <summary>Builds the message; it counts only when no fault was added.</summary>
    public static Message Apply(ref FieldReader fields)
    {
        CheckVersion(ref fields);
        var timestamp = Required.Count(ref fields, FieldId.Timestamp, "timestamp");
        var hasType = TryGetType(ref fields, out var type);
        var envelope = new Message
        {
            Type = type,
            Timestamp = timestamp,
            Metadata = GetMetadata(ref fields),
            Peer = GetPeer(ref fields),
        };
        return hasType ? KindRules.Apply(ref fields, envelope) : envelope;
    }

    private static void CheckVersion(ref FieldReader fields)
    {
        // Another major version never comes here: MessageReader has answered it.
        if (fields[FieldId.Version].IsMissing) fields.AddFault("version: is missing");
        else if (!fields.TryGetString(FieldId.Version, out var version) || !ProtocolVersion.TryGetMajor(version.Span, out _))
            fields.AddFault("version: must be a string of three numbers such as 1.0.0");
    }

    private static bool TryGetType(ref FieldReader fields, out MessageType type)
    {
        if (fields.TryGetString(FieldId.Type, out var name) && TryFindType(name.Span, out type)) return true;
        fields.AddFault(fields[FieldId.Type].IsMissing ? "type: is missing" : $"type: must be one of {AllowedTypes}");
        type = default;
        return false;
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

namespace HeliosStarling.Protocol;

/// <summary>Finds a field by the bytes of its name.</summary>
internal static class FieldNames
{
    /// <summary>The length of the longest known name, <c>notification</c>.</summary>
    public const int MaxLength = 12;

    // Every character as \uXXXX. A longer escaped name cannot be a known name.
    private const int MaxEscapedLength = MaxLength * 6;

    /// <summary>
    /// Returns the field of that name in the object <paramref name="owner"/>. The owner <see cref="FieldId.Ignored"/> means the message
    /// itself.
    /// </summary>
    public static FieldId Find(FieldId owner, ReadOnlySpan<byte> name) => owner switch
    {
        FieldId.Notification => InNotification(name),
        FieldId.Error => InError(name),
        _ => InMessage(name),
    };

    /// <summary>Does the same for a name that contains JSON escapes.</summary>
    public static FieldId FindEscaped(FieldId owner, ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxEscapedLength) return FieldId.Ignored;
        Span<byte> buffer = stackalloc byte[MaxEscapedLength];
        return Find(owner, buffer[..JsonEscapes.Decode(name, buffer)]);
    }

    private static FieldId InMessage(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 4:
                if (name.SequenceEqual("type"u8)) return FieldId.Type;
                if (name.SequenceEqual("data"u8)) return FieldId.Data;
                return name.SequenceEqual("peer"u8) ? FieldId.Peer : FieldId.Ignored;
            case 5: return name.SequenceEqual("error"u8) ? FieldId.Error : FieldId.Ignored;
            case 6: return name.SequenceEqual("method"u8) ? FieldId.Method : FieldId.Ignored;
            case 7:
                if (name.SequenceEqual("version"u8)) return FieldId.Version;
                if (name.SequenceEqual("payload"u8)) return FieldId.Payload;
                return name.SequenceEqual("success"u8) ? FieldId.Success : FieldId.Ignored;
            case 8:
                if (name.SequenceEqual("protocol"u8)) return FieldId.Protocol;
                if (name.SequenceEqual("metadata"u8)) return FieldId.Metadata;
                return name.SequenceEqual("received"u8) ? FieldId.Received : FieldId.Ignored;
            case 9:
                if (name.SequenceEqual("timestamp"u8)) return FieldId.Timestamp;
                if (name.SequenceEqual("requestId"u8)) return FieldId.RequestId;
                return name.SequenceEqual("messageId"u8) ? FieldId.MessageId : FieldId.Ignored;
            case 12: return name.SequenceEqual("notification"u8) ? FieldId.Notification : FieldId.Ignored;
            default: return FieldId.Ignored;
        }
    }

    private static FieldId InNotification(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("topic"u8)) return FieldId.NotificationTopic;
        return name.SequenceEqual("data"u8) ? FieldId.NotificationData : FieldId.Ignored;
    }

    private static FieldId InError(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("code"u8)) return FieldId.ErrorCode;
        if (name.SequenceEqual("message"u8)) return FieldId.ErrorMessage;
        if (name.SequenceEqual("details"u8)) return FieldId.ErrorDetails;
        return name.SequenceEqual("severity"u8) ? FieldId.ErrorSeverity : FieldId.Ignored;
    }
}

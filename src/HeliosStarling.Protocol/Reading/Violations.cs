using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>Decides how an invalid message is answered (docs/protocol.md section 4).</summary>
internal static class Violations
{
    /// <summary>Creates the violation of a message that has faulty fields or is nested too deep.</summary>
    public static Violation Of(ref FieldReader fields, List<string> faults, bool isTooDeep)
    {
        var code = ErrorCodes.ProtocolViolation;
        var text = "The message is not a valid protocol message";
        if (TryGetRequestId(ref fields, out var requestId) && !isTooDeep)
        {
            var isNameFault = faults is [KindRules.MalformedMethod];
            code = isNameFault ? ErrorCodes.MethodInvalidName : ErrorCodes.ProtocolInvalidMessage;
            text = isNameFault ? "The method's name is malformed" : "The request's fields are at fault";
        }

        return Create(ref fields, code, text, faults, requestId);
    }

    /// <summary>Determines whether the message has a different major version. This takes precedence over all other faults.</summary>
    public static bool IsOtherVersion(ref FieldReader fields, out Violation? violation)
    {
        violation = null;
        if (!fields.TryGetString(FieldId.Version, out var version) || version.Span.SequenceEqual("1.0.0"u8)) return false;
        if (!ProtocolVersion.TryGetMajor(version.Span, out var major) || ProtocolVersion.IsSupported(major)) return false;
        TryGetRequestId(ref fields, out var requestId);
        // A well-formed version contains only digits and dots.
        var received = Excerpt.Of(Encoding.ASCII.GetString(version.Span[..Math.Min(version.Length, 128)]));
        var fault = $"version: {received} is not supported, only 1.x is";
        violation = Create(
            ref fields, ErrorCodes.ProtocolVersionMismatch, "The protocol version is not supported", [fault], requestId, received);
        return true;
    }

    private static Violation Create(
        ref FieldReader fields,
        string code,
        string text,
        List<string> faults,
        ReadOnlyMemory<byte> requestId,
        string? received = null)
    {
        var isResponse = fields.Is(FieldId.Type, "response"u8);
        ReadOnlyMemory<byte> answered = default;
        if (isResponse || fields.Is(FieldId.Type, "notification"u8)) fields.TryGetUuid(FieldId.RequestId, out _, out answered);
        return new Violation
        {
            Code = code,
            Message = text,
            Faults = faults,
            RequestIdText = requestId,
            AnsweredIdText = answered,
            IsResponse = isResponse,
            ReceivedVersion = received,
            IsAnswered = !fields.Is(FieldId.Type, "error"u8),
            IsAckOrPing = fields.Is(FieldId.Type, "ack"u8) || fields.Is(FieldId.Type, "ping"u8),
        };
    }

    private static bool TryGetRequestId(ref FieldReader fields, out ReadOnlyMemory<byte> text)
    {
        text = default;
        return fields.Is(FieldId.Type, "request"u8) && fields.TryGetUuid(FieldId.RequestId, out _, out text);
    }
}

using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Reads text frames: one forward pass, no document, no exception for any input.</summary>
/// <remarks>
/// Stateless and safe to call concurrently. A valid message without escapes in names, ids and codes allocates nothing, but for the texts
/// of an error.
/// The receiver of the frame checks UTF-8. Invalid bytes inside strings pass here and are handed on unchanged.
/// </remarks>
public static class MessageReader
{
    /// <summary>Reads one text frame, which must be valid UTF-8.</summary>
    /// <param name="utf8">The whole frame.</param>
    /// <param name="message">The message, slices of <paramref name="utf8"/>, when the result is <see cref="ReadStatus.Message"/>.</param>
    /// <param name="violation">What is wrong, when the result is <see cref="ReadStatus.Invalid"/>.</param>
    public static ReadStatus Read(ReadOnlyMemory<byte> utf8, out Message message, out Violation? violation)
    {
        violation = null;
        if (UsualRequest.TryRead(utf8, out message)) return ReadStatus.Message;
        return ReadAny(utf8, out message, out violation);
    }

    /// <summary>
    /// Finds the request id of a message of which only the start is there, as long as it stands in that start as a complete field of the
    /// message itself.
    /// </summary>
    /// <param name="start">The first bytes of the message, cut anywhere.</param>
    /// <param name="requestIdText">The id in the sender's own spelling.</param>
    /// <returns>False as well when what is there shows that the message is no protocol request.</returns>
    public static bool TryFindRequestId(ReadOnlyMemory<byte> start, out ReadOnlyMemory<byte> requestIdText)
    {
        if (TryFindRequestId(start, out var type, out requestIdText) && type is null or MessageType.Request) return true;
        requestIdText = default;
        return false;
    }

    /// <summary>Finds the request id of a message of any type of which only the start is there.</summary>
    /// <param name="start">The first bytes of the message, cut anywhere.</param>
    /// <param name="type">The message's type; null when it does not stand in the start.</param>
    /// <param name="requestIdText">The id in the sender's own spelling.</param>
    /// <returns>False as well when what is there shows that the message is no protocol message.</returns>
    public static bool TryFindRequestId(ReadOnlyMemory<byte> start, out MessageType? type, out ReadOnlyMemory<byte> requestIdText)
    {
        (type, requestIdText) = (null, default);
        var fields = default(FieldTable);
        try
        {
            if (!FieldScanner.ScanStart(start.Span, ref fields)) return false;
        }
        catch (JsonException)
        {
            return false;
        }

        var reader = new FieldReader(start, ref fields);
        if (!fields[FieldId.Protocol].IsMissing && !reader.Is(FieldId.Protocol, "helios-starling"u8)) return false;
        if (!fields[FieldId.Type].IsMissing)
        {
            if (!MessageRules.TryGetType(ref reader, out var found)) return false;
            type = found;
        }
        return reader.TryGetUuid(FieldId.RequestId, out _, out requestIdText);
    }

    private static ReadStatus ReadAny(ReadOnlyMemory<byte> utf8, out Message message, out Violation? violation)
    {
        message = default;
        violation = null;
        var fields = default(FieldTable);
        var status = Scan(utf8.Span, ref fields);
        if (status != ReadStatus.Message) return status;

        var reader = new FieldReader(utf8, ref fields);
        if (!reader.Is(FieldId.Protocol, "helios-starling"u8)) return ReadStatus.Json;
        if (Violations.IsOtherVersion(ref reader, out violation)) return ReadStatus.Invalid;
        var draft = default(MessageDraft);
        MessageRules.Apply(ref reader, ref draft);
        var isTooDeep = fields.Depth > ProtocolLimits.MaxDepth;
        if (isTooDeep) reader.AddFault($"message: must not be nested deeper than {ProtocolLimits.MaxDepth} levels");
        if (reader.Faults is { } faults)
        {
            violation = Violations.Of(ref reader, faults, isTooDeep);
            return ReadStatus.Invalid;
        }

        message = draft.ToMessage();
        return ReadStatus.Message;
    }

    private static ReadStatus Scan(ReadOnlySpan<byte> frame, ref FieldTable fields)
    {
        // Most plain text shows in its first character; an exception for each would be dear.
        if (!FieldScanner.MayBeJson(frame)) return ReadStatus.Text;
        try
        {
            return FieldScanner.Scan(frame, ref fields) ? ReadStatus.Message : ReadStatus.Json;
        }
        catch (JsonException)
        {
            return ReadStatus.Text;
        }
    }
}

using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>Reads text frames in one forward pass, without a JSON document. No input makes it throw.</summary>
/// <remarks>
/// Stateless and safe to call concurrently. Reading a valid message without escapes in names, ids and codes allocates only the texts of an
/// error. The receiver of the frame must check that it is valid UTF-8. This class does not check strings: it passes invalid bytes on
/// unchanged.
/// </remarks>
public static class MessageReader
{
    /// <summary>Reads one text frame, which must be valid UTF-8.</summary>
    /// <param name="utf8">The whole frame.</param>
    /// <param name="message">The message, as slices of <paramref name="utf8"/>, when the result is
    /// <see cref="ReadStatus.Message"/>.</param>
    /// <param name="violation">The errors, when the result is <see cref="ReadStatus.Invalid"/>.</param>
    public static ReadStatus Read(ReadOnlyMemory<byte> utf8, out Message message, out Violation? violation)
    {
        violation = null;
        if (UsualRequest.TryRead(utf8, out message)) return ReadStatus.Message;
        return ReadAny(utf8, out message, out violation);
    }

    /// <summary>
    /// Finds the request id of a request of which only the first bytes are available. These bytes must contain the complete top-level
    /// field.
    /// </summary>
    /// <param name="start">The first bytes of the message, up to any position.</param>
    /// <param name="requestIdText">The id exactly as the sender wrote it.</param>
    /// <returns>True when the id was found and the bytes do not show that the message is something other than a protocol request.</returns>
    public static bool TryFindRequestId(ReadOnlyMemory<byte> start, out ReadOnlyMemory<byte> requestIdText)
    {
        if (TryFindRequestId(start, out var type, out requestIdText) && type is null or MessageType.Request) return true;
        requestIdText = default;
        return false;
    }

    /// <summary>Finds the request id of a message of any type of which only the first bytes are available.</summary>
    /// <param name="start">The first bytes of the message, up to any position.</param>
    /// <param name="type">The message's type; null when the bytes do not contain it.</param>
    /// <param name="requestIdText">The id exactly as the sender wrote it.</param>
    /// <returns>True when the id was found and the bytes do not show that the message is something other than a protocol message.</returns>
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
        // The first character rules out most plain text, without the cost of an exception.
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

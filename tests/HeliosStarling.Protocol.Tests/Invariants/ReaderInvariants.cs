using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>Invariants of the reader for any input. Used by the property tests and by the fuzz target.</summary>
public static class ReaderInvariants
{
    /// <summary>
    /// Throws <see cref="InvalidOperationException"/> when an invariant is broken. Returns a short text of the reader's
    /// result.
    /// </summary>
    public static string Check(ReadOnlySpan<byte> input)
    {
        var frame = Poisoned(input);
        var status = MessageReader.Read(frame, out var message, out var violation);
        CheckAgainstReference(ReferenceReader.Read(input.ToArray()), status, message, violation);
        CheckSlices(frame, message);
        CheckSameElsewhere("the bytes around the frame matter", input.ToArray(), status, message, violation);
        // White space in front keeps the reader from its fast path.
        CheckSameElsewhere("the two ways through the reader differ", [(byte)' ', .. input], status, message, violation);
        CheckStart(frame, status, message);
        if (status == ReadStatus.Message) CheckRewritten(message);
        Demand(violation is not null == (status == ReadStatus.Invalid), "a violation belongs to invalid messages");
        if (violation is null) return status == ReadStatus.Message ? $"{status} {message.Type}" : status.ToString();
        CheckAnswer(violation);
        // Without the received version, because there are too many.
        var faults = violation.ReceivedVersion is null ? string.Join(';', violation.Faults) : "";
        return $"{violation.Code} {violation.RequestIdText.IsEmpty} {violation.IsAnswered} {faults}";
    }

    /// <summary>The input inside a larger buffer whose bytes would continue it.</summary>
    private static ReadOnlyMemory<byte> Poisoned(ReadOnlySpan<byte> input)
    {
        var buffer = new byte[input.Length + 128];
        buffer.AsSpan(0, 64).Fill((byte)'{');
        buffer.AsSpan(64 + input.Length).Fill((byte)'"');
        input.CopyTo(buffer.AsSpan(64));
        return buffer.AsMemory(64, input.Length);
    }

    private static void CheckAgainstReference(ReferenceReader reference, ReadStatus status, in Message message, Violation? violation)
    {
        Demand(status == reference.Status, $"{status} should be {reference.Status}");
        Demand(violation?.Code == reference.Code, $"{violation?.Code} should be {reference.Code}");
        var faulty = violation?.Faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]) ?? [];
        Demand(faulty.SequenceEqual(reference.Faults), $"{string.Join(", ", faulty)} should be {string.Join(", ", reference.Faults)}");
        if (status != ReadStatus.Message) return;
        var (id, name, data) = FieldsOf(message);
        Demand(reference.Text(id) is not { } text || text == Encoding.ASCII.GetString(message.IdText.Span), "the id differs");
        Demand((reference.Text(name) ?? "") == Encoding.ASCII.GetString(message.Name.Span), "the name differs");
        var raw = reference.Raw(data);
        Demand(message.Data.Span.SequenceEqual(raw) || (message.Data.IsEmpty && raw.SequenceEqual("null"u8)), "the data differ");
        Demand(message.Timestamp == long.Parse(reference.Raw("timestamp"), CultureInfo.InvariantCulture), "the timestamp differs");
    }

    private static (string? Id, string? Name, string? Data) FieldsOf(in Message message) => message.Type switch
    {
        MessageType.Request => ("requestId", "method", "payload"),
        MessageType.Response => ("requestId", null, message.Success ? "data" : "error.details"),
        MessageType.Notification => ("requestId", "notification.topic", "notification.data"),
        MessageType.Error => (null, null, "error.details"),
        _ => ("messageId", null, null),
    };

    private static void CheckSlices(ReadOnlyMemory<byte> frame, in Message message)
    {
        var isJsonInside = IsInside(frame, message.Data) && IsInside(frame, message.Metadata) && IsInside(frame, message.Peer);
        Demand(isJsonInside, "JSON outside the frame");
        // Escaped values are copies.
        Demand(IsInside(frame, message.Name) || IsCopy(frame, message.Name), "a name outside the frame");
        Demand(IsInside(frame, message.IdText) || IsCopy(frame, message.IdText), "an id outside the frame");
    }

    private static bool IsInside(ReadOnlyMemory<byte> frame, ReadOnlyMemory<byte> slice)
    {
        if (slice.IsEmpty) return true;
        MemoryMarshal.TryGetArray(frame, out var whole);
        MemoryMarshal.TryGetArray(slice, out var part);
        return part.Array == whole.Array && part.Offset >= whole.Offset && part.Offset + part.Count <= whole.Offset + whole.Count;
    }

    private static bool IsCopy(ReadOnlyMemory<byte> frame, ReadOnlyMemory<byte> slice)
    {
        MemoryMarshal.TryGetArray(frame, out var whole);
        return MemoryMarshal.TryGetArray(slice, out var part) && part.Array != whole.Array;
    }

    private static void CheckSameElsewhere(string failure, byte[] frame, ReadStatus status, in Message message, Violation? violation)
    {
        Demand(MessageReader.Read(frame, out var other, out var otherViolation) == status && Same(message, other), failure);
        Demand((violation?.Faults ?? []).SequenceEqual(otherViolation?.Faults ?? []), failure);
    }

    private static void CheckStart(ReadOnlyMemory<byte> frame, ReadStatus status, in Message message)
    {
        var found = MessageReader.TryFindRequestId(frame, out var id);
        Demand(found != id.IsEmpty, "an id is found or empty");
        Demand(!found || Guid.TryParseExact(Encoding.ASCII.GetString(id.Span), "D", out _), "what was found is no UUID");
        if (status == ReadStatus.Message && message.Type == MessageType.Request)
            Demand(found && id.Span.SequenceEqual(message.IdText.Span), "the id of a request was not found");
        MessageReader.TryFindRequestId(frame[..(frame.Length / 2)], out _);
    }

    private static void CheckRewritten(in Message message)
    {
        var output = new ArrayBufferWriter<byte>();
        Rewriting.Write(output, message);
        Demand(MessageReader.Read(output.WrittenMemory, out var again, out _) == ReadStatus.Message, "written again it is no message");
        Demand(Same(Rewriting.Kept(message), again), "a message changed when it was written again");
    }

    private static void CheckAnswer(Violation violation)
    {
        Demand(violation.Faults.Count > 0 && violation.Faults.All(fault => fault.Length is > 0 and < 256), "faults are there and short");
        var output = new ArrayBufferWriter<byte>();
        MessageWriter.WriteViolation(output, 1, violation);
        Demand(MessageReader.Read(output.WrittenMemory, out var answer, out _) == ReadStatus.Message, "the answer is no message");
        var kind = violation.RequestIdText.IsEmpty ? MessageType.Error : MessageType.Response;
        Demand(answer.Type == kind, "the answer is of another kind");
        Demand(answer.IdText.Span.SequenceEqual(violation.RequestIdText.Span), "the answer goes to another request");
        Demand(answer.ErrorCode == violation.Code, "the answer says something else");
    }

    /// <summary>Whether two messages are equal, byte by byte.</summary>
    public static bool Same(in Message a, in Message b) =>
        a.Type == b.Type && a.Timestamp == b.Timestamp && a.Id == b.Id && a.Success == b.Success && a.Severity == b.Severity
        && a.Received == b.Received && a.ErrorCode == b.ErrorCode && a.ErrorMessage == b.ErrorMessage
        && a.IdText.Span.SequenceEqual(b.IdText.Span) && a.Name.Span.SequenceEqual(b.Name.Span) && a.Data.Span.SequenceEqual(b.Data.Span)
        && a.Metadata.Span.SequenceEqual(b.Metadata.Span) && a.Peer.Span.SequenceEqual(b.Peer.Span);

    private static void Demand(bool condition, string failure)
    {
        if (!condition) throw new InvalidOperationException(failure);
    }
}

namespace HeliosStarling.Protocol;

/// <summary>
/// Reads requests in the form that nearly every client writes: these fields in this order, without white space and escapes.
/// </summary>
/// <remarks>
/// The scanner and the rules read all other messages from their start, and report all errors. The cost is that a payload with escapes is
/// scanned twice.
/// </remarks>
internal static class UsualRequest
{
    // {"protocol":…,"version":…,"timestamp":1,"type":"request","requestId":"…","method":"a:b","payload":…}
    private static ReadOnlySpan<byte> RequestId => ",\"type\":\"request\",\"requestId\":\""u8;

    private static ReadOnlySpan<byte> Method => "\",\"method\":\""u8;

    private static ReadOnlySpan<byte> Payload => "\",\"payload\":"u8;

    /// <summary>Returns false when the frame has any other form, valid or not.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, out Message message)
    {
        message = default;
        var frame = utf8.Span;
        if (!frame.StartsWith(PlainHead.UsualStart)) return false;
        var at = PlainHead.UsualStart.Length;
        var digits = PlainValue.MeasureDigits(frame[at..], out var timestamp);
        at += digits;
        if (digits == 0 || !frame[at..].StartsWith(RequestId)) return false;
        var id = at + RequestId.Length;
        at = id + Uuid.TextLength;
        if (at > frame.Length || !Uuid.TryParse(frame[id..at], out var uuid) || !frame[at..].StartsWith(Method)) return false;
        var name = at + Method.Length;
        var nameLength = frame[name..].IndexOf((byte)'"');
        if (nameLength < 0 || !Names.IsMethod(frame.Slice(name, nameLength))) return false;
        at = name + nameLength;
        if (!frame[at..].StartsWith(Payload)) return false;
        at += Payload.Length;
        var length = PlainValue.Measure(frame[at..], out _, out _);
        if (length == 0 || frame[(at + length)..] is not [(byte)'}']) return false;
        message = new Message
        {
            Type = MessageType.Request,
            Timestamp = timestamp,
            Id = uuid,
            IdText = utf8.Slice(id, Uuid.TextLength),
            Name = utf8.Slice(name, nameLength),
            Data = utf8.Slice(at, length),
        };
        return true;
    }
}

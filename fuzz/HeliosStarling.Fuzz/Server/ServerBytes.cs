using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace HeliosStarling.Fuzz;

/// <summary>Parses what the server sends: the answer to the upgrade, then well-formed frames.</summary>
/// <param name="take">Gets the opcode and payload of each frame.</param>
internal sealed class ServerBytes(Action<byte, byte[]> take)
{
    private readonly List<byte> _bytes = [];
    private bool _isClosed;

    /// <summary>The status of the upgrade; 0 before its answer.</summary>
    public int Status { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        if (Status == 0) TakeHead();
        if (Status != 101) return;
        while (TryTakeFrame())
        {
        }
    }

    private void TakeHead()
    {
        var text = Encoding.Latin1.GetString([.. _bytes]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return;
        FindingException.Unless(
            text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && int.TryParse(text.AsSpan(9, 3), out _),
            $"an answer to the upgrade, not '{text[..end]}'");
        Status = int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
        _bytes.RemoveRange(0, end + 4);
    }

    private bool TryTakeFrame()
    {
        var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        if (span.Length < 2) return false;
        var (opcode, length, start) = (span[0] & 0x0F, span[1] & 0x7F, 2);
        FindingException.Unless(
            span[0] >> 4 == 8 && opcode is 1 or 2 or 8 or 9 or 10 && span[1] < 128,
            $"a whole frame without mask, not {span[0]:x2}{span[1]:x2}");
        if (length == 126)
        {
            if (span.Length < 4) return false;
            (length, start) = (BinaryPrimitives.ReadUInt16BigEndian(span[2..]), 4);
            FindingException.Unless(length > 125, "the shortest form of length");
        }
        else if (length == 127)
        {
            if (span.Length < 10) return false;
            (length, start) = (checked((int)BinaryPrimitives.ReadUInt64BigEndian(span[2..])), 10);
            FindingException.Unless(length > ushort.MaxValue, "the shortest form of length");
        }
        if (span.Length < start + length) return false;
        var payload = span.Slice(start, length).ToArray();
        _bytes.RemoveRange(0, start + length);
        Check(opcode, payload);
        take((byte)opcode, payload);
        return true;
    }

    private void Check(int opcode, byte[] payload)
    {
        FindingException.Unless(!_isClosed, "nothing behind the close frame");
        FindingException.Unless(opcode < 8 || payload.Length <= 125, "a short control frame");
        FindingException.Unless(opcode != 1 || Utf8.IsValid(payload), "text that is UTF-8");
        if (opcode != 8) return;
        _isClosed = true;
        var code = payload.Length < 2 ? 1000 : BinaryPrimitives.ReadUInt16BigEndian(payload);
        FindingException.Unless(payload.Length != 1 && Utf8.IsValid(payload.AsSpan(Math.Min(2, payload.Length))), "a close frame");
        FindingException.Unless(
            code is (>= 1000 and <= 1014 and not (1004 or 1005 or 1006)) or (>= 3000 and <= 4999),
            $"a close code that may be sent, not {code}");
    }
}

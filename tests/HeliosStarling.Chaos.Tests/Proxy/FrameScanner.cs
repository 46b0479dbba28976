using System.Buffers.Binary;

namespace HeliosStarling.Chaos;

/// <summary>Splits one direction of a WebSocket into its upgrade head and its frames (RFC 6455 section 5.2).</summary>
internal sealed class FrameScanner
{
    private byte[] _bytes = [];
    private bool _headIsDone;

    public void Add(ReadOnlySpan<byte> bytes) => _bytes = [.. _bytes, .. bytes];

    /// <summary>Takes the next complete head or frame.</summary>
    public bool TryTake(out byte[] piece, out bool isHead)
    {
        isHead = !_headIsDone;
        var length = isHead ? HeadLength() : FrameLength();
        piece = length > 0 ? _bytes[..length] : [];
        if (length == 0) return false;
        _headIsDone = true;
        _bytes = _bytes[length..];
        return true;
    }

    /// <summary>The unmasked payload of a frame.</summary>
    public static byte[] Payload(byte[] frame)
    {
        var start = HeaderLength(frame);
        var payload = frame[start..];
        if ((frame[1] & 0x80) == 0) return payload;
        for (var i = 0; i < payload.Length; i++) payload[i] ^= frame[start - 4 + (i % 4)];
        return payload;
    }

    private int HeadLength() => _bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4 is var end and > 3 ? end : 0;

    private int FrameLength()
    {
        if (_bytes.Length < 2 || _bytes.Length < HeaderLength(_bytes)) return 0;
        var length = (_bytes[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(2)),
            127 => (long)BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(2)),
            var small => small,
        };
        var total = HeaderLength(_bytes) + length;
        return _bytes.Length < total ? 0 : (int)total;
    }

    private static int HeaderLength(byte[] frame)
    {
        var extended = (frame[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
        return 2 + extended + ((frame[1] & 0x80) == 0 ? 0 : 4);
    }
}

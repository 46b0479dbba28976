using System.Buffers.Binary;
using System.Text;

namespace HeliosStarling;

/// <summary>
/// The control frames that one connection has to send. Only the newest ping is answered (RFC 6455 section 5.5.3), so a flood of them costs
/// nothing.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class ControlFrames
{
    /// <summary>The longest a control frame can be: a header of 2 bytes and 125 of payload (RFC 6455 section 5.5).</summary>
    public const int MaxLength = HeaderLength + MaxPayload;

    private const int HeaderLength = 2;
    private const int MaxPayload = 125;

    private byte[]? _pong;
    private bool _ping;

    /// <summary>Whether <see cref="Take"/> would write something.</summary>
    public bool AreDue => Volatile.Read(ref _pong) is not null || Volatile.Read(ref _ping);

    public void Ping()
    {
        lock (this) _ping = true;
    }

    public void Pong(ReadOnlySpan<byte> payload)
    {
        var copy = payload.ToArray();
        lock (this) _pong = copy;
    }

    /// <summary>Writes what is due, ping and pong, into at least twice <see cref="MaxLength"/> bytes.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="pings">Whether a ping is among it.</param>
    public int Take(Span<byte> output, out bool pings)
    {
        lock (this)
        {
            pings = _ping;
            if (_pong is null && !_ping) return 0;
            var length = _pong is null ? 0 : Write(output, Opcode.Pong, _pong);
            if (_ping) length += Write(output[length..], Opcode.Ping, []);
            (_pong, _ping) = (null, false);
            return length;
        }
    }

    // opcode | length | 16-bit code | reason as UTF-8
    public static int WriteClose(Span<byte> output, CloseInfo close)
    {
        if (close.Code == CloseInfo.NoCode) return Write(output, Opcode.Close, []);
        Span<byte> payload = stackalloc byte[MaxPayload];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)close.Code);
        var length = Encoding.UTF8.GetBytes(close.Reason, payload[2..]);
        return Write(output, Opcode.Close, payload[..(2 + length)]);
    }

    private static int Write(Span<byte> output, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        output[0] = (byte)(0x80 | (int)opcode);
        output[1] = (byte)payload.Length;
        payload.CopyTo(output[HeaderLength..]);
        return HeaderLength + payload.Length;
    }
}

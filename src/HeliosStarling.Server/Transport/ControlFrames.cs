using System.Buffers.Binary;
using System.Text;

namespace HeliosStarling;

/// <summary>
/// The control frames that one connection has to send. Pings are answered in order. When more than <see cref="MaxPongs"/> answers wait,
/// the oldest are skipped (RFC 6455 section 5.5.3), so a flood of pings needs little memory.
/// </summary>
/// <param name="party">The party that the buffer of waiting pongs is counted for.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class ControlFrames(PartyMemory party)
{
    /// <summary>The most pongs that wait to be sent.</summary>
    public const int MaxPongs = 16;

    /// <summary>The largest size of a control frame: 2 bytes of header and 125 of payload (RFC 6455 section 5.5).</summary>
    public const int MaxLength = HeaderLength + MaxPayload;

    /// <summary>The most bytes that <see cref="Take"/> writes: all pongs and one ping.</summary>
    public const int MaxTaken = (MaxPongs + 1) * MaxLength;

    private const int HeaderLength = 2;
    private const int MaxPayload = 125;

    // The waiting pongs as they are sent, the oldest first.
    private byte[] _pongs = [];
    private int _pongsLength;
    private int _pongCount;
    private byte[]? _ping;

    /// <summary>Whether <see cref="Take"/> would write something.</summary>
    public bool AreDue => Volatile.Read(ref _pongCount) > 0 || Volatile.Read(ref _ping) is not null;

    public void Ping() => Ping([]);

    /// <summary>Queues a ping. It replaces one that has not been sent yet.</summary>
    /// <param name="payload">The payload of the ping, and so of its pong: at most 125 bytes.</param>
    public void Ping(ReadOnlySpan<byte> payload)
    {
        var copy = payload.ToArray();
        lock (this) _ping = copy;
    }

    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_pongs.Length == 0) _pongs = party.Rent(MaxPongs * MaxLength);
            if (_pongCount == MaxPongs) SkipOldest_NeedsLock();
            _pongsLength += Write(_pongs.AsSpan(_pongsLength), Opcode.Pong, payload);
            _pongCount++;
        }
    }

    /// <summary>Writes the waiting pongs and the ping, and forgets them. Returns the number of bytes.</summary>
    /// <param name="output">At least <see cref="MaxTaken"/> bytes.</param>
    /// <param name="pings">Whether a ping was written.</param>
    public int Take(Span<byte> output, out bool pings)
    {
        lock (this)
        {
            pings = _ping is not null;
            _pongs.AsSpan(0, _pongsLength).CopyTo(output);
            var length = _pongsLength;
            if (_ping is not null) length += Write(output[length..], Opcode.Ping, _ping);
            _ping = null;
            ForgetPongs_NeedsLock();
            return length;
        }
    }

    /// <summary>Forgets the waiting pongs and returns their buffer.</summary>
    public void Clear()
    {
        lock (this) ForgetPongs_NeedsLock();
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

    private void SkipOldest_NeedsLock()
    {
        var length = HeaderLength + _pongs[1];
        _pongs.AsSpan(length, _pongsLength - length).CopyTo(_pongs);
        _pongsLength -= length;
        _pongCount--;
    }

    private void ForgetPongs_NeedsLock()
    {
        if (_pongs.Length > 0) party.Return(_pongs);
        (_pongs, _pongsLength, _pongCount) = ([], 0, 0);
    }

    private static int Write(Span<byte> output, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        output[0] = (byte)(0x80 | (int)opcode);
        output[1] = (byte)payload.Length;
        payload.CopyTo(output[HeaderLength..]);
        return HeaderLength + payload.Length;
    }
}

using System.Buffers.Binary;

namespace HeliosStarling.Peers;

/// <summary>Gathers the frames that answer one read in a pooled buffer, which is written at once.</summary>
internal sealed class EchoBatch(BufferPool pool)
{
    private const int SmallestSize = 4 * 1024;
    private const int LongestHeader = 10;

    private byte[] _buffer = [];
    private int _length;

    // FIN and opcode | 7-bit length, 126 + 16-bit length or 127 + 64-bit length | payload
    public void Add(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var output = Reserve(LongestHeader + payload.Length);
        output[0] = (byte)(0x80 | (int)opcode);
        var header = WriteLength(output[1..], payload.Length) + 1;
        payload.CopyTo(output[header..]);
        _length += header + payload.Length;
    }

    public void AddClose(CloseInfo close) => _length += ControlFrames.WriteClose(Reserve(ControlFrames.MaxLength), close);

    /// <summary>Writes the added frames and returns the buffer.</summary>
    public async ValueTask WriteToAsync(Stream stream)
    {
        if (_length == 0) return;
        await stream.WriteAsync(_buffer.AsMemory(0, _length));
        pool.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    private static int WriteLength(Span<byte> output, int length)
    {
        switch (length)
        {
            case < 126:
                output[0] = (byte)length;
                return 1;
            case <= ushort.MaxValue:
                output[0] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(output[1..], (ushort)length);
                return 3;
            default:
                output[0] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(output[1..], (ulong)length);
                return 9;
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length >= count) return _buffer.AsSpan(_length);
        var larger = pool.Rent(Math.Max(Math.Max(_length + count, 2 * _buffer.Length), SmallestSize));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) pool.Return(_buffer);
        _buffer = larger;
        return _buffer.AsSpan(_length);
    }
}

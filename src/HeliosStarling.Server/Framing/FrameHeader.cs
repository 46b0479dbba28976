using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>The header of a frame (RFC 6455 section 5.2).</summary>
/// <remarks>It is not validated. <see cref="FrameRules"/> does that.</remarks>
internal readonly struct FrameHeader
{
    /// <summary>The maximum size of a header: two bytes, a 64-bit length and a mask.</summary>
    public const int MaxSize = 14;

    // FIN RSV RSV RSV opcode(4) | MASK length(7) | length(16 or 64)? | mask(32)?
    private readonly byte _first;
    private readonly byte _second;

    private FrameHeader(byte first, byte second, ulong length, uint mask) =>
        (_first, _second, Length, Mask) = (first, second, length, mask);

    public bool Fin => (_first & 0x80) != 0;

    public bool HasReservedBits => (_first & 0x70) != 0;

    public Opcode Opcode => (Opcode)(_first & 0x0F);

    public bool IsControl => (_first & 0x08) != 0;

    public bool IsMasked => (_second & 0x80) != 0;

    /// <summary>The length of the payload in bytes, as the header claims. Not validated.</summary>
    public ulong Length { get; }

    /// <summary>The four mask bytes in memory order, see <see cref="Masking"/>; 0 without a mask.</summary>
    public uint Mask { get; }

    /// <summary>Whether the length is encoded in the fewest bytes.</summary>
    public bool IsMinimal => (_second & 0x7F) switch
    {
        126 => Length > 125,
        127 => Length > ushort.MaxValue,
        _ => true,
    };

    /// <summary>Reads the header at the start of <paramref name="bytes"/>. Returns false when it is incomplete.</summary>
    /// <param name="bytes">The received bytes, from the start of the frame.</param>
    /// <param name="header">The header.</param>
    /// <param name="size">The size of the header in bytes.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header, out int size)
    {
        header = default;
        size = 2;
        if (bytes.Length < 2) return false;

        var second = bytes[1];
        var lengthSize = (second & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };
        var maskSize = (second & 0x80) != 0 ? 4 : 0;
        size = 2 + lengthSize + maskSize;
        if (bytes.Length < size) return false;

        var length = lengthSize switch
        {
            0 => (ulong)(second & 0x7F),
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
        };
        var mask = maskSize == 0 ? 0 : MemoryMarshal.Read<uint>(bytes[(2 + lengthSize)..]);
        header = new FrameHeader(bytes[0], second, length, mask);
        return true;
    }
}

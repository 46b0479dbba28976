using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>Reads UUIDs: 8-4-4-4-12 hexadecimal digits, any version, any case, nothing else.</summary>
internal static class Uuid
{
    public const int TextLength = 36;

    public static bool TryParse(ReadOnlySpan<byte> text, out Guid id)
    {
        id = default;
        if (text.Length != TextLength || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        Span<byte> digits = stackalloc byte[32];
        text[..8].CopyTo(digits);
        text.Slice(9, 4).CopyTo(digits[8..]);
        text.Slice(14, 4).CopyTo(digits[12..]);
        text.Slice(19, 4).CopyTo(digits[16..]);
        text.Slice(24, 12).CopyTo(digits[20..]);
        Span<byte> bytes = stackalloc byte[16];
        if (Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done) return false;
        id = new Guid(bytes, bigEndian: true);
        return true;
    }
}

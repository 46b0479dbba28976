using System.Text;

namespace HeliosStarling;

/// <summary>Compares names with the ASCII bytes of names in a frame, so that a look-up creates no string.</summary>
internal sealed class NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    public static readonly NameComparer Instance = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.ASCII.GetString(alternate);

    public int GetHashCode(string obj)
    {
        var hash = new HashCode();
        Span<byte> bytes = stackalloc byte[256];
        // Names have at most 256 characters. No table contains a longer one.
        var length = Encoding.UTF8.TryGetBytes(obj, bytes, out var written) ? written : 0;
        hash.AddBytes(bytes[..length]);
        return hash.ToHashCode();
    }

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }
}

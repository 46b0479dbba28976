using System.ComponentModel;
using System.Text;

namespace HeliosStarling;

/// <summary>
/// The secret that recovery tokens are signed and encrypted with: at least 32 bytes, as bytes or as text, which counts as UTF-8.
/// </summary>
/// <remarks>Immutable. It never shows in a text.</remarks>
[TypeConverter(typeof(ConnectionKeyConverter))]
public sealed class ConnectionKey
{
    /// <summary>The fewest bytes of a key: what HMAC-SHA-256 needs (RFC 7518 section 3.2).</summary>
    public const int MinLength = 32;

    private readonly byte[] _bytes;

    /// <summary>Makes a key of bytes, which are copied.</summary>
    /// <param name="bytes">At least 32; the options say so when there are fewer.</param>
    public ConnectionKey(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>How many bytes the key has.</summary>
    public int Length => _bytes.Length;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Makes a key of text.</summary>
    public static ConnectionKey FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ConnectionKey(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Makes a key of text.</summary>
    public static implicit operator ConnectionKey(string text) => FromString(text);

    /// <summary>Makes a key of bytes.</summary>
    public static implicit operator ConnectionKey(byte[] bytes) => new(bytes);

    /// <summary>Makes a key of bytes.</summary>
    public static ConnectionKey ToConnectionKey(byte[] bytes) => bytes;

    /// <summary>How long the key is, and nothing else.</summary>
    public override string ToString() => $"a key of {Length} bytes";
}

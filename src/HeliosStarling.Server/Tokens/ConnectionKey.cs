using System.ComponentModel;
using System.Text;

namespace HeliosStarling;

/// <summary>
/// The secret for signing and encrypting recovery tokens: at least 32 bytes, as bytes or as text, which is encoded as UTF-8.
/// </summary>
/// <remarks>Immutable. <see cref="ToString"/> does not show it.</remarks>
[TypeConverter(typeof(ConnectionKeyConverter))]
public sealed class ConnectionKey
{
    /// <summary>The minimum length of a key in bytes, as HMAC-SHA-256 requires (RFC 7518 section 3.2).</summary>
    public const int MinLength = 32;

    private readonly byte[] _bytes;

    /// <summary>Creates a key from bytes, which are copied.</summary>
    /// <param name="bytes">At least 32 bytes. The length is validated with the options.</param>
    public ConnectionKey(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>The length of the key in bytes.</summary>
    public int Length => _bytes.Length;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Creates a key from text.</summary>
    public static ConnectionKey FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new ConnectionKey(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Creates a key from text.</summary>
    public static implicit operator ConnectionKey(string text) => FromString(text);

    /// <summary>Creates a key from bytes.</summary>
    public static implicit operator ConnectionKey(byte[] bytes) => new(bytes);

    /// <summary>Creates a key from bytes.</summary>
    public static ConnectionKey ToConnectionKey(byte[] bytes) => bytes;

    /// <summary>Describes the length of the key, but not the key.</summary>
    public override string ToString() => $"a key of {Length} bytes";
}

using System.Buffers.Text;
using System.Security.Cryptography;

namespace HeliosStarling;

/// <summary>Creates random ids.</summary>
internal static class RandomText
{
    // 128 bits: an id does not repeat.
    private const int Bytes = 16;

    public static string Make()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}

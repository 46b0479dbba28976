using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace HeliosStarling;

/// <summary>The users that tokens are bound to.</summary>
internal static class Subjects
{
    // Short enough for table keys and for a token in a URL, even when JSON escapes each byte.
    private const int MaxBytes = 256;

    private const string HashMark = "sha256:";

    /// <summary>Gets the identifier of a user; empty for a user without a name, null when nobody is signed in.</summary>
    /// <remarks>
    /// It is taken from the first authenticated identity, which may not be the first identity. An identifier of more than 256 bytes of
    /// UTF-8 is replaced by its hash.
    /// </remarks>
    public static string? Of(
        ClaimsPrincipal? user) => user?.Identities.FirstOrDefault(static identity => identity.IsAuthenticated) is not { } identity
        ? null
        : Shorten(identity.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.FindFirst("sub")?.Value ?? identity.Name ?? "");

    // An identifier that looks like a hash is hashed as well. Otherwise it could be mistaken for the user with that hash.
    private static string Shorten(string id) => id.StartsWith(HashMark, StringComparison.Ordinal)
        || id.Length > MaxBytes
        || Encoding.UTF8.GetByteCount(id) > MaxBytes
        ? HashMark + Base64Url.EncodeToString(SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan())))
        : id;
}

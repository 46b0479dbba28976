using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace HeliosStarling;

/// <summary>Whom a token is bound to.</summary>
internal static class Subjects
{
    // Short enough for a token, which travels in a URL, even when JSON escapes each byte; and for the keys of tables.
    private const int MaxBytes = 256;

    private const string HashMark = "sha256:";

    /// <summary>The user's identifier, empty for one without any name; null when nobody is signed in.</summary>
    /// <remarks>
    /// Of the first identity that is authenticated, which need not be the first of all. An identifier of more than 256 bytes as UTF-8
    /// stands as its hash.
    /// </remarks>
    public static string? Of(
        ClaimsPrincipal? user) => user?.Identities.FirstOrDefault(static identity => identity.IsAuthenticated) is not { } identity
        ? null
        : Shorten(identity.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.FindFirst("sub")?.Value ?? identity.Name ?? "");

    // One that looks like a hash is hashed too: else its user would be taken for the one whose hash it is.
    private static string Shorten(string id) => id.StartsWith(HashMark, StringComparison.Ordinal)
        || id.Length > MaxBytes
        || Encoding.UTF8.GetByteCount(id) > MaxBytes
        ? HashMark + Base64Url.EncodeToString(SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan())))
        : id;
}

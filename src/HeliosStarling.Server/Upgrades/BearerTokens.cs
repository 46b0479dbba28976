using System.Buffers;

namespace HeliosStarling;

/// <summary>Bearer tokens in the <c>Authorization</c> header (RFC 6750 section 2.1).</summary>
internal static class BearerTokens
{
    public const string Prefix = "Bearer ";

    private static readonly SearchValues<char> s_characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    /// <summary>Reads the token of a header value; null when the value has another scheme.</summary>
    public static string? Read(string header) =>
        header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && header[Prefix.Length..].Trim() is { Length: > 0 } token
            ? token
            : null;

    /// <summary>Whether a text is valid as a token in the header.</summary>
    public static bool IsToken(string text) =>
        text.AsSpan().TrimEnd('=') is { IsEmpty: false } characters && !characters.ContainsAnyExcept(s_characters);
}

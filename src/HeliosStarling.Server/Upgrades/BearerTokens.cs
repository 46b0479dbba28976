using System.Buffers;

namespace HeliosStarling;

/// <summary>Tokens as the header <c>Authorization</c> holds them (RFC 6750 section 2.1).</summary>
internal static class BearerTokens
{
    public const string Prefix = "Bearer ";

    private static readonly SearchValues<char> s_characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");

    /// <summary>The token of a header's value; null when it is of another scheme.</summary>
    public static string? Read(string header) =>
        header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && header[Prefix.Length..].Trim() is { Length: > 0 } token
            ? token
            : null;

    /// <summary>Whether a text may stand in the header as a token.</summary>
    public static bool IsToken(string text) =>
        text.AsSpan().TrimEnd('=') is { IsEmpty: false } characters && !characters.ContainsAnyExcept(s_characters);
}

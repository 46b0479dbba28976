using System.Globalization;

namespace HeliosStarling;

/// <summary>Parses the query of a URL (RFC 3986 section 3.4).</summary>
internal static class QueryText
{
    /// <summary>The parameter with a recovery token (docs/protocol.md section 1).</summary>
    public const string Recover = "recover";

    /// <summary>The parameter with a bearer token, for clients that cannot set headers (RFC 6750 section 2.3).</summary>
    public const string AccessToken = "access_token";

    /// <summary>Reads the unescaped names and values, in order.</summary>
    public static IEnumerable<(string Name, string Value)> Read(string query)
    {
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            yield return (Uri.UnescapeDataString(name), Uri.UnescapeDataString(value));
        }
    }

    /// <summary>Removes tokens from a query, so that they are not logged.</summary>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="parameter">The name of the parameter. Escaped and differently cased names match, too.</param>
    /// <returns>The first token, null when there is none, and the query without the parameter.</returns>
    public static (string? Token, string Others) TakeToken(string query, string parameter)
    {
        // A name with escapes may be the parameter, too.
        if (!query.Contains(parameter, StringComparison.OrdinalIgnoreCase) && !query.Contains('%', StringComparison.Ordinal))
            return (null, query);
        string? token = null;
        var others = new List<string>();
        foreach (var part in query.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (!IsName(equals < 0 ? part : part[..equals], parameter)) others.Add(part);
            else token ??= equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
        }
        return token is null ? (null, query) : (token, string.Join('&', others));
    }

    // Some parsers read a plus as a space and trim names, and proxies may escape a query again.
    private static bool IsName(string text, string parameter)
    {
        var name = text.Contains('%', StringComparison.Ordinal) ? UndoEscapes(text) : text;
        return name.Trim(" +\t\r\n").Equals(parameter, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Unescapes a text until no escapes are left, in one pass. A name may have been escaped many times.</summary>
    /// <returns>The text. Characters outside ASCII may be wrong, but no parameter name contains any.</returns>
    private static ReadOnlySpan<char> UndoEscapes(string text)
    {
        var undone = new char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            undone[length++] = character;
            // An unescaped character may complete another escape.
            while (length >= 3
                && undone[length - 3] == '%'
                && char.IsAsciiHexDigit(undone[length - 2])
                && char.IsAsciiHexDigit(undone[length - 1]))
            {
                undone[length - 3] = (char)byte.Parse(
                    undone.AsSpan(length - 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                length -= 2;
            }
        }
        return undone.AsSpan(0, length);
    }
}

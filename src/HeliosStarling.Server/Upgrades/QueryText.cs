using System.Globalization;

namespace HeliosStarling;

/// <summary>The query of a URL (RFC 3986 section 3.4), as names and values.</summary>
internal static class QueryText
{
    /// <summary>The parameter that holds a recovery token (docs/protocol.md section 1).</summary>
    public const string Recover = "recover";

    /// <summary>The parameter that holds a bearer token where no header can (RFC 6750 section 2.3).</summary>
    public const string AccessToken = "access_token";

    /// <summary>Names and values, escapes undone, in order.</summary>
    public static IEnumerable<(string Name, string Value)> Read(string query)
    {
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            yield return (Uri.UnescapeDataString(name), Uri.UnescapeDataString(value));
        }
    }

    /// <summary>Takes tokens out of a query, so that nobody logs them.</summary>
    /// <param name="query">The query without its question mark.</param>
    /// <param name="parameter">What holds them, in any case and spelling.</param>
    /// <returns>The first token, null when there is none, and the query without any.</returns>
    public static (string? Token, string Others) TakeToken(string query, string parameter)
    {
        // Spelled out, or with escapes.
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

    // Some readers take a plus for a space and trim names, and proxies may escape what is escaped already.
    private static bool IsName(string text, string parameter)
    {
        var name = text.Contains('%', StringComparison.Ordinal) ? UndoEscapes(text) : text;
        return name.Trim(" +\t\r\n").Equals(parameter, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Undoes escapes until there are none, in one pass: a name may be escaped as often as it is long.</summary>
    /// <returns>The text. What is not ASCII in it is only good for being no name.</returns>
    private static ReadOnlySpan<char> UndoEscapes(string text)
    {
        var undone = new char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            undone[length++] = character;
            // What an escape stood for may be the end of another one.
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

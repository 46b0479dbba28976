namespace HeliosStarling;

/// <summary>The query of a URL (RFC 3986 section 3.4), as names and values.</summary>
internal static class QueryText
{
    /// <summary>The parameter that holds a recovery token (PROTOCOL.md section 1).</summary>
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
        if (!query.Contains(parameter, StringComparison.OrdinalIgnoreCase) && !query.Contains('%', StringComparison.Ordinal)) return (null, query);
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
        for (var before = ""; before != text; text = Uri.UnescapeDataString(text)) before = text;
        return text.AsSpan().Trim(" +\t\r\n").Equals(parameter, StringComparison.OrdinalIgnoreCase);
    }
}

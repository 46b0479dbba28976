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
    /// <param name="parameter">What holds them.</param>
    /// <returns>The first token, null when there is none, and the query without any.</returns>
    public static (string? Token, string Others) TakeToken(string query, string parameter)
    {
        string? token = null;
        // Spelled out, or with escapes.
        if (!query.Contains(parameter, StringComparison.Ordinal) && !query.Contains('%', StringComparison.Ordinal)) return (null, query);
        var rest = new List<string>();
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Read(part).FirstOrDefault();
            if (name == parameter) token ??= value;
            else rest.Add(part);
        }
        return (token, rest.Count == query.Split('&').Length ? query : string.Join('&', rest));
    }
}

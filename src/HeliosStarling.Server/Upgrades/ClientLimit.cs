namespace HeliosStarling;

/// <summary>The largest message that a client takes, as the query of its upgrade request says (docs/protocol.md section 1).</summary>
internal static class ClientLimit
{
    /// <summary>The least that a client may take, in bytes: the server's own messages fit into it.</summary>
    public const int Least = 64 * 1024;

    private const string Parameter = "limit";

    /// <summary>Reads the limit; any number when the client does not say.</summary>
    /// <param name="query">The query without its question mark. Of a parameter that comes twice the first one counts.</param>
    /// <param name="limit">The limit in bytes.</param>
    /// <returns>False when it is no number, or less than <see cref="Least"/>.</returns>
    public static bool TryRead(string query, out int limit)
    {
        limit = int.MaxValue;
        var text = QueryText.Read(query).FirstOrDefault(static field => field.Name == Parameter).Value;
        if (text is null) return true;
        if (!HttpSyntax.TryReadNumber(text, long.MaxValue, out var number) || number < Least) return false;
        limit = (int)Math.Min(number, int.MaxValue);
        return true;
    }
}

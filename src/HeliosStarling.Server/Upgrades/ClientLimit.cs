namespace HeliosStarling;

/// <summary>The largest message that a client takes, from the query of its upgrade request (docs/protocol.md section 1).</summary>
internal static class ClientLimit
{
    /// <summary>The smallest allowed limit in bytes. The server's own messages fit into it.</summary>
    public const int Min = 64 * 1024;

    private const string Parameter = "limit";

    /// <summary>Reads the limit of a client.</summary>
    /// <param name="query">The query without its question mark. The first one of repeated parameters counts.</param>
    /// <param name="limit">The limit in bytes; <see cref="int.MaxValue"/> when the query has none.</param>
    /// <returns>False when the limit is not a number, or less than <see cref="Min"/>.</returns>
    public static bool TryRead(string query, out int limit)
    {
        limit = int.MaxValue;
        var text = QueryText.Read(query).FirstOrDefault(static field => field.Name == Parameter).Value;
        if (text is null) return true;
        if (!HttpSyntax.TryReadNumber(text, long.MaxValue, out var number) || number < Min) return false;
        limit = (int)Math.Min(number, int.MaxValue);
        return true;
    }
}

namespace HeliosStarling;

/// <summary>The head of an HTTP/1.1 request that came over a bare connection.</summary>
internal sealed class RequestHead : IUpgradeRequest
{
    /// <summary>The largest head in bytes, with the empty line that ends it.</summary>
    public const int MaxSize = 16 * 1024;

    /// <summary>The most header lines.</summary>
    public const int MaxHeaders = 100;

    public required string Method { get; init; }

    /// <summary>The path as the client wrote it, escapes included; starts with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>The query without its question mark, escapes included; may hold tokens.</summary>
    public required string Query { get; init; }

    /// <summary>The headers, their names in any case; the values of repeated ones joined by a comma, of cookies by a semicolon.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>How many bytes the head took; what stands behind them belongs to the WebSocket.</summary>
    public required int Size { get; init; }

    public bool IsHttp2Connect => false;

    public string? GetHeader(string name) => Headers.GetValueOrDefault(name);
}

namespace HeliosStarling;

/// <summary>The head of an HTTP/1.1 request over a bare connection.</summary>
internal sealed class RequestHead : IUpgradeRequest
{
    /// <summary>The maximum size of a head in bytes, including the empty line at the end.</summary>
    public const int MaxSize = 16 * 1024;

    /// <summary>The maximum number of header lines.</summary>
    public const int MaxHeaders = 100;

    public required string Method { get; init; }

    /// <summary>The escaped path; starts with a slash.</summary>
    public required string Path { get; init; }

    /// <summary>The escaped query without its question mark. It may contain tokens.</summary>
    public required string Query { get; init; }

    /// <summary>
    /// The headers. Names are case-insensitive. Values of repeated headers are joined by a comma, those of cookies by a semicolon.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The size of the head in bytes. Further bytes belong to the WebSocket.</summary>
    public required int Size { get; init; }

    public bool IsHttp2Connect => false;

    public string? GetHeader(string name) => Headers.GetValueOrDefault(name);
}

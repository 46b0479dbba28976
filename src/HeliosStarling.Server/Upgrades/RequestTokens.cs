namespace HeliosStarling;

/// <summary>The tokens of an upgrade request, and its query and subprotocols without them.</summary>
/// <param name="Query">The query without its question mark and without tokens.</param>
/// <param name="Offered">The offered subprotocols without tokens.</param>
internal readonly record struct RequestTokens(string Query, string Offered)
{
    /// <summary>The header that may contain a recovery token.</summary>
    public const string Subprotocols = "Sec-WebSocket-Protocol";

    /// <summary>The recovery token; null when there is none.</summary>
    public string? Recovery { get; private init; }

    /// <summary>The access token of the query; null when there is none.</summary>
    public string? Access { get; private init; }

    /// <summary>Whether the query contained a token.</summary>
    public bool InQuery { get; private init; }

    /// <summary>Whether the subprotocols contained a token.</summary>
    public bool InSubprotocols { get; private init; }

    /// <summary>Whether the request contained no token.</summary>
    public bool IsEmpty => !InQuery && !InSubprotocols;

    /// <param name="query">The query without its question mark.</param>
    /// <param name="offered">The offered subprotocols; empty when there are none.</param>
    public static RequestTokens Take(string query, string offered)
    {
        var (recovery, rest) = QueryText.TakeToken(query, QueryText.Recover);
        var (access, others) = QueryText.TakeToken(rest, QueryText.AccessToken);
        var (inHeader, left) = UpgradeRules.TakeToken(offered);
        return new RequestTokens(others, left)
        {
            Recovery = recovery ?? inHeader,
            Access = access,
            InQuery = (recovery ?? access) is not null,
            InSubprotocols = inHeader is not null,
        };
    }

    /// <summary>Returns the query only, because tokens must not be logged.</summary>
    public override string ToString() => Query;
}

namespace HeliosStarling;

/// <summary>The tokens of an upgrade request, and the request's query and subprotocols without them.</summary>
/// <param name="Query">The query without its question mark and without tokens.</param>
/// <param name="Offered">The offered subprotocols without tokens.</param>
internal readonly record struct RequestTokens(string Query, string Offered)
{
    /// <summary>The header that may hold a recovery token.</summary>
    public const string Subprotocols = "Sec-WebSocket-Protocol";

    /// <summary>The recovery token; null when there is none.</summary>
    public string? Recovery { get; private init; }

    /// <summary>The access token of the query; null when there is none.</summary>
    public string? Access { get; private init; }

    /// <summary>Whether the query held a token.</summary>
    public bool InQuery { get; private init; }

    /// <summary>Whether the subprotocols held a token.</summary>
    public bool InSubprotocols { get; private init; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => !InQuery && !InSubprotocols;

    /// <param name="query">The query without its question mark.</param>
    /// <param name="offered">The offered subprotocols; empty when none are.</param>
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

    /// <summary>The tokens must not show.</summary>
    public override string ToString() => Query;
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HeliosStarling;

/// <summary>
/// Takes tokens out of requests before ASP.NET Core sees them: it logs the whole query ahead of any middleware (PROTOCOL.md section
/// 7: tokens never appear in logs).
/// </summary>
/// <param name="inner">Makes the context.</param>
/// <param name="paths">Where clients show who they are in the query.</param>
internal sealed class TokenHidingContextFactory(IHttpContextFactory inner, MappedPaths paths) : IHttpContextFactory
{
    private const string Subprotocols = "Sec-WebSocket-Protocol";

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request)
        {
            if (Hide(request) is { } token) featureCollection.Set(new RecoveryTokenFeature(token));
            MoveAccessToken(request);
        }
        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);

    private static string? Hide(IHttpRequestFeature request)
    {
        var (inQuery, inHeader) = (HideInQuery(request), HideInHeader(request));
        return inQuery ?? inHeader;
    }

    private static string? HideInQuery(IHttpRequestFeature request)
    {
        if (request.QueryString.Length < 2) return null;
        var (token, rest) = QueryText.TakeToken(request.QueryString[1..], QueryText.Recover);
        if (token is not null) ReplaceQuery(request, rest);
        return token;
    }

    private void MoveAccessToken(IHttpRequestFeature request)
    {
        if (request.QueryString.Length < 2) return;
        var (token, rest) = QueryText.TakeToken(request.QueryString[1..], QueryText.AccessToken);
        if (token is null || !paths.Contain(request.Path)) return;
        ReplaceQuery(request, rest);
        if (request.Headers.Authorization.Count == 0 && BearerTokens.IsToken(token)) request.Headers.Authorization = BearerTokens.Prefix + token;
    }

    private static void ReplaceQuery(IHttpRequestFeature request, string query)
    {
        request.QueryString = query.Length == 0 ? "" : "?" + query;
        var start = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        if (start >= 0) request.RawTarget = request.RawTarget[..start] + request.QueryString;
    }

    private static string? HideInHeader(IHttpRequestFeature request)
    {
        if (!request.Headers.TryGetValue(Subprotocols, out var offered)) return null;
        var (token, rest) = UpgradeRules.TakeToken(offered.ToString());
        if (token is null) return null;
        if (rest.Length == 0) request.Headers.Remove(Subprotocols);
        else request.Headers[Subprotocols] = rest;
        return token;
    }
}

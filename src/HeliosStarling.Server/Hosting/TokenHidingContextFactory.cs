using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HeliosStarling;

/// <summary>
/// Takes recovery tokens out of requests before ASP.NET Core sees them: it logs the whole query ahead of any middleware (PROTOCOL.md section
/// 7: tokens never appear in logs).
/// </summary>
/// <param name="inner">Makes the context.</param>
internal sealed class TokenHidingContextFactory(IHttpContextFactory inner) : IHttpContextFactory
{
    private const string Subprotocols = "Sec-WebSocket-Protocol";

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request && Hide(request) is { } token)
            featureCollection.Set(new RecoveryTokenFeature(token));
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
        var (token, rest) = QueryText.TakeToken(request.QueryString[1..]);
        if (token is null) return null;
        request.QueryString = rest.Length == 0 ? "" : "?" + rest;
        var query = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) request.RawTarget = request.RawTarget[..query] + request.QueryString;
        return token;
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

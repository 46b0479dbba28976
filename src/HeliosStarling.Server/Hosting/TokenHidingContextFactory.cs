using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HeliosStarling;

/// <summary>
/// Removes tokens from requests to Helios servers before ASP.NET Core logs the query, which it does before any middleware runs
/// (docs/protocol.md section 7: tokens never appear in logs). Requests to other endpoints are not changed.
/// </summary>
/// <param name="inner">Creates the context.</param>
/// <param name="paths">Knows the requests to Helios servers.</param>
internal sealed class TokenHidingContextFactory(IHttpContextFactory inner, MappedPaths paths) : IHttpContextFactory
{
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { } request) Hide(request, featureCollection);
        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);

    private void Hide(IHttpRequestFeature request, IFeatureCollection features)
    {
        var tokens = RequestTokens.Take(request.QueryString.TrimStart('?'), request.Headers[RequestTokens.Subprotocols].ToString());
        // Match the path only when there is a token to hide.
        if (tokens.IsEmpty || !paths.Contains(request.Path, request.Method, request.Headers.Host.ToString())) return;
        if (tokens.Recovery is { } recovery) features.Set(new RecoveryTokenFeature(recovery));
        if (tokens.InQuery) ReplaceQuery(request, tokens.Query);
        if (tokens.InSubprotocols) ReplaceSubprotocols(request, tokens.Offered);
        if (tokens.Access is { } access && request.Headers.Authorization.Count == 0 && BearerTokens.IsToken(access))
            request.Headers.Authorization = BearerTokens.Prefix + access;
    }

    private static void ReplaceQuery(IHttpRequestFeature request, string query)
    {
        request.QueryString = query.Length == 0 ? "" : "?" + query;
        var start = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        if (start >= 0) request.RawTarget = request.RawTarget[..start] + request.QueryString;
    }

    private static void ReplaceSubprotocols(IHttpRequestFeature request, string offered)
    {
        if (offered.Length == 0) request.Headers.Remove(RequestTokens.Subprotocols);
        else request.Headers[RequestTokens.Subprotocols] = offered;
    }
}

using System.Collections.ObjectModel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Net.Http.Headers;

namespace HeliosStarling;

/// <summary>An ASP.NET Core request for a WebSocket: an HTTP/1.1 upgrade or an extended CONNECT of HTTP/2 (RFC 8441).</summary>
internal sealed class HttpUpgradeRequest(HttpContext context) : IUpgradeRequest
{
    private readonly IHttpExtendedConnectFeature? _connect = context.Features.Get<IHttpExtendedConnectFeature>();

    public string Method => context.Request.Method;

    /// <summary>
    /// Whether the web server can hand over the stream. It cannot for a request with a body, or for HTTP/1.0 (RFC 9110 section 7.8).
    /// </summary>
    public bool CanUpgrade => IsHttp2Connect || (IsHttp11 && (UpgradeFeature is not null || WebSocketFeature is not null));

    public bool IsHttp2Connect => _connect is { IsExtendedConnect: true, Protocol: "websocket" };

    private IHttpUpgradeFeature? UpgradeFeature =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature ? feature : null;

    /// <summary>A WebSocket instead of a stream. A <c>TestServer</c> supports nothing else.</summary>
    private IHttpWebSocketFeature? WebSocketFeature =>
        context.Features.Get<IHttpWebSocketFeature>() is { IsWebSocketRequest: true } feature ? feature : null;

    private bool IsHttp11 => context.Features.Get<IHttpRequestFeature>() is { Protocol: var protocol } && HttpProtocol.IsHttp11(protocol);

    // Without a way to upgrade, the Upgrade header is ignored (RFC 9110 section 7.8).
    public string? GetHeader(string name) =>
        name == "Upgrade" && !CanUpgrade ? null : context.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>
    /// Creates the request that filters see. It reads from features, because the other objects of the HttpContext would live as long as the
    /// connection.
    /// </summary>
    /// <param name="hasFilters">Whether there are filters, which may read the headers. Then the headers are copied, because the web server
    /// reuses its header collection for the next request.</param>
    public UpgradeContext ToContext(bool hasFilters)
    {
        // The tokens are still in the request when middleware has changed an unmapped path to this one.
        var tokens = RequestTokens.Take(
            context.Request.QueryString.Value?.TrimStart('?') ?? "", GetHeader(RequestTokens.Subprotocols) ?? "");
        if (tokens.InSubprotocols) context.Request.Headers[RequestTokens.Subprotocols] = tokens.Offered;
        return new UpgradeContext(
            context.Request.Path.ToUriComponent(),
            tokens.Query,
            hasFilters ? CopyHeaders() : ReadOnlyDictionary<string, string>.Empty,
            context.Features.Get<IHttpAuthenticationFeature>()?.User,
            context.RequestAborted)
        {
            Token = context.Features.Get<RecoveryTokenFeature>()?.Token ?? tokens.Recovery,
            AccessToken = tokens.Access,
            RemoteAddress = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress,
            ExpiresAt = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc,
        };
    }

    private Dictionary<string, string> CopyHeaders()
    {
        var copies = new Dictionary<string, string>(context.Request.Headers.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in context.Request.Headers) copies[name] = values.ToString();
        return copies;
    }

    /// <summary>Answers 101, or 200 on HTTP/2, and returns the stream; null when the web server accepts no further upgrade.</summary>
    public async ValueTask<Stream?> TryAcceptAsync(UpgradeAcceptance acceptance)
    {
        var headers = context.Response.Headers;
        if (acceptance.Subprotocol is { } subprotocol) headers.SecWebSocketProtocol = subprotocol;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (IsHttp2Connect) return await _connect!.AcceptAsync().ConfigureAwait(false);
        if (UpgradeFeature is not { } upgradable) return await BridgeAsync(acceptance.Subprotocol).ConfigureAwait(false);
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = acceptance.AcceptKey;
        try
        {
            return await upgradable.UpgradeAsync().ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (CanUpgrade && !context.Response.HasStarted)
        {
            // The web server has a limit of its own, for example Kestrel's MaxConcurrentUpgradedConnections. There is no specific exception
            // type for it.
            foreach (var name in (string[])[
                HeaderNames.Connection,
                HeaderNames.Upgrade,
                HeaderNames.SecWebSocketAccept,
                HeaderNames.SecWebSocketProtocol,
            ]) headers.Remove(name);
            return null;
        }
    }

    private async Task<Stream> BridgeAsync(string? subprotocol)
    {
        var socket = await WebSocketFeature!.AcceptAsync(new WebSocketAcceptContext { SubProtocol = subprotocol }).ConfigureAwait(false);
        var stream = WebSocketBridge.Open(socket, context.RequestAborted);
        context.Response.RegisterForDispose(stream);
        return stream;
    }

    public async Task RefuseAsync(Refusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        foreach (var (name, value) in refusal.Headers) context.Response.Headers[name] = value;
        // A refused client must not occupy a connection of the web server. HTTP/2 has no Connection header (RFC 9113 section 8.2.2).
        var isCrowded = refusal.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable;
        if (isCrowded && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        context.Response.ContentType = "application/json";
        var body = refusal.ToJson();
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}

using System.Net;
using System.Net.WebSockets;
using System.Runtime.Versioning;

namespace HeliosStarling;

/// <summary>
/// Sends one upgrade request and keeps the refusal of the server, which <see cref="ClientWebSocket"/> discards.
/// </summary>
[UnsupportedOSPlatform("browser")]
internal sealed class UpgradeTransport(HttpMessageInvoker invoker, TimeProvider time) : HttpMessageHandler
{
    // Shared, as in the framework: a connection keeps its handler for its whole life.
    private static readonly HttpMessageInvoker s_proxied = new(NewHandler());
    private static readonly HttpMessageInvoker s_direct = new(NewHandler(useProxy: false));
    private static readonly IWebProxy? s_defaultProxy = DefaultProxy();

    /// <summary>The refusal of the server; null when there is none.</summary>
    public ConnectionFailure? Refusal { get; private set; }

    /// <summary>Creates a transport for the options of a WebSocket.</summary>
    /// <param name="options">The options. Those that only a transport can apply are moved to the transport.</param>
    /// <param name="given">The application's own transport; null when it has none.</param>
    /// <param name="time">The clock.</param>
    public static UpgradeTransport For(ClientWebSocketOptions options, HttpMessageInvoker? given, TimeProvider time) =>
        new(given ?? (IsPlain(options) ? options.Proxy is null ? s_direct : s_proxied : TakeOver(options)), time);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        // HTTP/2 accepts with 200 (RFC 8441 section 5).
        var isAccepted = response.StatusCode == HttpStatusCode.SwitchingProtocols
            || (response.Version.Major >= 2 && response.IsSuccessStatusCode);
        if (!isAccepted) Refusal = await RefusalReader.ReadAsync(response, time, cancellationToken).ConfigureAwait(false);
        return response;
    }

    private static bool IsPlain(ClientWebSocketOptions options) =>
        options is { Cookies: null, Credentials: null, UseDefaultCredentials: false }
        && options is { RemoteCertificateValidationCallback: null, ClientCertificates.Count: 0 }
        && (options.Proxy is null || options.Proxy == s_defaultProxy);

    private static HttpMessageInvoker TakeOver(ClientWebSocketOptions options)
    {
        var handler = NewHandler(options.Proxy is not null);
        if (options.Proxy != s_defaultProxy) handler.Proxy = options.Proxy;
        if (options.Cookies is { } cookies) (handler.UseCookies, handler.CookieContainer) = (true, cookies);
        handler.Credentials = options.UseDefaultCredentials ? CredentialCache.DefaultCredentials : options.Credentials;
        handler.SslOptions.RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback;
        if (options.ClientCertificates.Count > 0) handler.SslOptions.ClientCertificates = options.ClientCertificates;
        // The framework does not allow these options together with a custom transport.
        (options.Proxy, options.Cookies, options.RemoteCertificateValidationCallback) = (null, null, null);
        (options.UseDefaultCredentials, options.Credentials, options.ClientCertificates) = (false, null, []);
        return new HttpMessageInvoker(handler);
    }

    private static SocketsHttpHandler NewHandler(bool useProxy = true) =>
        new() { UseProxy = useProxy, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero };

    private static IWebProxy? DefaultProxy()
    {
        using var socket = new ClientWebSocket();
        return socket.Options.Proxy;
    }
}

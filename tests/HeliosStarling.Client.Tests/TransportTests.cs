using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling;

public class TransportTests
{
    [Fact]
    public async Task Wss_CertificateAccepted_Connects()
    {
        using var certificate = CreateCertificate();
        await using var server = await StartSecureAsync(certificate);

        await using var client = await server.ConnectAsync(
            options => options.ConfigureWebSocket = socket => socket.RemoteCertificateValidationCallback = Accept(certificate));

        Assert.Equal(5, await client.Request<int>("test:five").InTime());
    }

    [Fact]
    public async Task Wss_CertificateUnknown_IsRefusedWithTheCause()
    {
        using var certificate = CreateCertificate();
        await using var server = await StartSecureAsync(certificate);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => server.ConnectAsync());

        Assert.Equal("CONNECTION_REJECTED", failure.Code);
        Assert.Contains("Authentication", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2_ThroughAnInvoker_SeveralClientsShareOneConnection()
    {
        using var certificate = CreateCertificate();
        var connections = 0;
        await using var app = await StartKestrelAsync(certificate);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = Accept(certificate) },
            ConnectCallback = async (context, token) =>
            {
                Interlocked.Increment(ref connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var invoker = new HttpMessageInvoker(handler);
        var url = new UriBuilder(app.Urls.Single()) { Scheme = "wss", Path = "/helios" }.Uri;

        await using var first = await ConnectAsync();
        await using var second = await ConnectAsync();

        Assert.Equal("HTTP/2", await first.Request<string>("which:http").InTime());
        Assert.Equal("HTTP/2", await second.Request<string>("which:http").InTime());
        await first.DisposeAsync();
        await using var third = await ConnectAsync();
        Assert.Equal("HTTP/2", await third.Request<string>("which:http").InTime());
        Assert.Equal(1, connections);

        Task<StarlingClient> ConnectAsync() => StarlingClient.ConnectAsync(url, options =>
        {
            options.Invoker = invoker;
            options.ConfigureWebSocket =
                socket => (socket.HttpVersion, socket.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        }).InTime();
    }

    [Fact]
    public async Task Http1_ThroughMapHelios_WrongPathSaysItsStatus()
    {
        using var certificate = CreateCertificate();
        await using var app = await StartKestrelAsync(certificate);
        var url = new UriBuilder(app.Urls.Single()) { Scheme = "wss", Path = "/nothing" }.Uri;

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => StarlingClient.ConnectAsync(url, options =>
                options.ConfigureWebSocket = socket => socket.RemoteCertificateValidationCallback = Accept(certificate)).InTime());

        Assert.StartsWith($"Could not connect to {url}: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "404 Not Found. Nothing speaks WebSocket there. Check the path of the address: it must be one that the server maps with MapHelios",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 OK", true)]
    [InlineData("301 Moved Permanently", true)]
    [InlineData("405 Method Not Allowed", true)]
    [InlineData("400 Bad Request", false)]
    [InlineData("502 Bad Gateway", false)]
    public async Task AddressOfSomethingElse_SaysWhatToCheck(string status, bool isOfOther)
    {
        await using var server = new Recovery.ScriptedServer();
        var connecting = StarlingClient.ConnectAsync(server.Url);
        await server.RefuseWithAsync(status, "<html></html>");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        Assert.Contains($"the server answered {status}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(isOfOther, failure.Message.Contains("Check the path of the address", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoTls_ToAServerWithIt_SaysWhatToChange()
    {
        using var certificate = CreateCertificate();
        await using var kestrel = await StartKestrelAsync(certificate);
        await using var lean = await StartSecureAsync(certificate);

        foreach (var url in new[] { new Uri(kestrel.Urls.Single()), lean.Url })
        {
            var failure = await Assert.ThrowsAsync<HeliosException>(
                () => StarlingClient.ConnectAsync(new UriBuilder(url) { Scheme = "ws" }.Uri).InTime());

            Assert.EndsWith("If it has TLS at this port, use wss:// in the address", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ServerThatDoesNotRun_SaysWhatToCheck()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = new Uri($"ws://{bound.LocalEndPoint}");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => StarlingClient.ConnectAsync(url).InTime());

        Assert.EndsWith("Check that the server runs, and the host and port of the address", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_ToAServerWithoutIt_SaysWhatToChange()
    {
        await using var server = await TestServer.StartAsync();

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => StarlingClient.ConnectAsync(new UriBuilder(server.Url) { Scheme = "wss" }.Uri).InTime());

        Assert.Contains(
            "the server does not answer with TLS. If it has none at this port, use ws:// in the address",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_WithACertificateThatIsNotTrusted_DoesNotAdviseToGoWithoutTls()
    {
        using var certificate = CreateCertificate();
        await using var app = await StartKestrelAsync(certificate);

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => StarlingClient.ConnectAsync(new UriBuilder(app.Urls.Single()) { Scheme = "wss" }.Uri).InTime());

        Assert.Contains("the server's certificate is not trusted", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("run 'dotnet dev-certs https --trust'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ws://", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnixSocket_ThroughAnInvoker_Connects()
    {
        var path = Path.Combine(Path.GetTempPath(), $"helios-{Guid.NewGuid():N}.sock");
        await using var server = await TestServer.StartAsync(helios => helios.Method("test:five", () => 5), url: $"unix:{path}");
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        await using var client = await StarlingClient.ConnectAsync(new Uri("ws://localhost/"), options => options.Invoker = invoker)
            .InTime();

        Assert.Equal(5, await client.Request<int>("test:five").InTime());
    }

    private static Task<TestServer> StartSecureAsync(X509Certificate2 certificate) => TestServer.StartAsync(
        helios => helios.Method("test:five", () => 5),
        options => options.Tls = new SslServerAuthenticationOptions { ServerCertificate = certificate }, "https://127.0.0.1:0");

    private static async Task<WebApplication> StartKestrelAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(certificate);
        }));
        builder.Services.AddHelios().Configure((helios, _) =>
        {
            helios.Method("which:http", (RequestContext context) => context.User.FindFirst("http")?.Value);
        });
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            context.User.AddIdentity(new System.Security.Claims.ClaimsIdentity([new("http", context.Request.Protocol)]));
            await next(context);
        });
        app.MapHelios("/helios");
        await app.StartAsync();
        return app;
    }

    private static RemoteCertificateValidationCallback Accept(X509Certificate2 expected) =>
        (_, certificate, _, _) => certificate?.GetCertHashString() == expected.GetCertHashString();

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var signed = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pkcs12), null);
    }
}

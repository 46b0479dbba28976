using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using HeliosStarling.Framing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Wire;

/// <summary>A server that listens on a real socket, and the ways to reach it.</summary>
internal abstract class WireServer(ServerSetup setup, WireAddress address) : IAsyncDisposable
{
    public abstract Helios Helios { get; }

    public FakeTimeProvider Time => setup.Time;

    public LogProbe Log => setup.Log;

    public MetricsProbe Metrics => setup.Metrics;

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public double Uptime => (Time.GetUtcNow() - ServerSetup.Start).TotalSeconds;

    /// <summary>A whole message of the server's, sent now.</summary>
    public string Envelope(string fields) => $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":{{Now}},{{fields}}}""";

    public string Host => EndPoint is IPEndPoint ? $"{EndPoint}" : "localhost";

    /// <summary>Where it listens.</summary>
    public EndPoint Address => EndPoint;

    protected abstract EndPoint EndPoint { get; }

    /// <summary>Connects and, where it is due, shakes hands with TLS.</summary>
    public async Task<Stream> OpenAsync()
    {
        var stream = await OpenSocketAsync();
        if (!address.IsSecure) return stream;
        var tls = new SslStream(stream);
        var options =
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = TestCertificate.IsOurs };
        await tls.AuthenticateAsClientAsync(options).InTime();
        return tls;
    }

    public async Task<Stream> OpenSocketAsync()
    {
        var endPoint = EndPoint;
        var socket =
            new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        // Else each of many small writes waits for the acknowledgement of the one before.
        if (endPoint is IPEndPoint) socket.NoDelay = true;
        await socket.ConnectAsync(endPoint).InTime();
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends an upgrade request of which nothing is expected but an answer.</summary>
    public async Task<HttpReply> AskAsync(UpgradeRequest request)
    {
        await using var stream = await OpenAsync();
        await stream.WriteAsync(request.ToBytes(Host)).AsTask().InTime();
        return await HttpReply.ReadAsync(new ByteReader(stream));
    }

    /// <summary>Opens a WebSocket; <paramref name="early"/> travels in the same packet as the upgrade request.</summary>
    public async Task<WireClient> ConnectAsync(UpgradeRequest? request = null, params ClientFrame[] early)
    {
        var stream = await OpenAsync();
        await stream.WriteAsync((byte[])[.. (request ?? UpgradeRequest.Valid).ToBytes(Host), .. ClientFrame.Join(early)]).AsTask().InTime();
        var input = new ByteReader(stream);
        var reply = await HttpReply.ReadAsync(input);
        Assert.True(reply.Status == 101, $"101 was due, but there came: {reply.Status} {reply.Body}");
        Assert.Equal(UpgradeRequest.AcceptKey, reply.Headers["Sec-WebSocket-Accept"]);
        return new WireClient(this, stream, input, reply);
    }

    public async ValueTask DisposeAsync()
    {
        // Clients are gone by now, so a server that does not stop has lost count of them.
        await StopAsync().InTime();
        // How every recovery token begins: none may stand in a log, the framework's own included.
        Assert.DoesNotContain(Log.Everything.ToArray(), text => text.Contains("eyJhbGciOi", StringComparison.Ordinal));
        setup.Dispose();
        address.Dispose();
    }

    protected abstract Task StopAsync();
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using HeliosStarling.Framing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Wire;

/// <summary>A server on a real socket, and methods to connect to it.</summary>
internal abstract class WireServer(ServerSetup setup, WireAddress address) : IAsyncDisposable
{
    public abstract Helios Helios { get; }

    public FakeTimeProvider Time => setup.Time;

    public LogProbe Log => setup.Log;

    public MetricsProbe Metrics => setup.Metrics;

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public double Uptime => (Time.GetUtcNow() - ServerSetup.Start).TotalSeconds;

    /// <summary>A whole message of the server, with the current time.</summary>
    public string Envelope(string fields) => $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":{{Now}},{{fields}}}""";

    public string Host => EndPoint is IPEndPoint ? $"{EndPoint}" : "localhost";

    /// <summary>The address on which it listens.</summary>
    public EndPoint Address => EndPoint;

    protected abstract EndPoint EndPoint { get; }

    /// <summary>Connects and, if necessary, performs the TLS handshake.</summary>
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
        // Otherwise each small write waits for the acknowledgement of the previous one.
        if (endPoint is IPEndPoint) socket.NoDelay = true;
        await socket.ConnectAsync(endPoint).InTime();
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends an upgrade request and returns the answer.</summary>
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
        // All clients have disconnected. A server that does not stop has a wrong count.
        await StopAsync().InTime();
        // The beginning of every recovery token. No log may contain one, including the framework's.
        Assert.DoesNotContain(Log.Everything.ToArray(), text => text.Contains("eyJhbGciOi", StringComparison.Ordinal));
        setup.Dispose();
        address.Dispose();
    }

    protected abstract Task StopAsync();
}

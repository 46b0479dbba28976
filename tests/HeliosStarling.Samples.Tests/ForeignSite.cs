using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Samples;

/// <summary>A foreign site: another host name, another port, one empty page.</summary>
internal sealed class ForeignSite : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public ForeignSite()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using var owned = client;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }
        await stream.WriteAsync(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<!DOCTYPE html>"u8.ToArray());
    }
}

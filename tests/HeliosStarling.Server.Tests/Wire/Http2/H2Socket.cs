using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace HeliosStarling.Wire;

/// <summary>A WebSocket of the framework over one stream of an HTTP/2 connection.</summary>
internal sealed class H2Socket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    private H2Socket()
    {
        _socket.Options.HttpVersion = HttpVersion.Version20;
        _socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        // The server's clock does not move; other tests cover pings.
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public string? SubProtocol => _socket.SubProtocol;

    public static async Task<H2Socket> ConnectAsync(
        WireServer server, AddressKind address, HttpMessageInvoker http, Action<ClientWebSocketOptions>? configure = null)
    {
        var connected = new H2Socket();
        configure?.Invoke(connected._socket.Options);
        var scheme = address == AddressKind.Tls ? "wss" : "ws";
        await connected._socket.ConnectAsync(new Uri($"{scheme}://{server.Host}/helios"), http, CancellationToken.None).InTime();
        return connected;
    }

    public Task SendTextAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).InTime();

    public async Task<string> ReadTextAsync()
    {
        var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var piece = await _socket.ReceiveAsync(buffer, CancellationToken.None).InTime();
            Assert.Equal(WebSocketMessageType.Text, piece.MessageType);
            text.Write(buffer, 0, piece.Count);
            if (piece.EndOfMessage) return Encoding.UTF8.GetString(text.ToArray());
        }
    }

    public async Task ExpectAliveAsync()
    {
        await SendTextAsync(ClientMessage.Request("no:such"));
        Assert.Contains("METHOD_NOT_FOUND", await ReadTextAsync(), StringComparison.Ordinal);
    }

    public async Task<(WebSocketCloseStatus? Status, string? Reason)> CloseAsync(int code, string reason)
    {
        await _socket.CloseAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).InTime();
        return (_socket.CloseStatus, _socket.CloseStatusDescription);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }
}

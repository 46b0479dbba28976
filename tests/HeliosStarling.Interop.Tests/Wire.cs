using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace HeliosStarling;

/// <summary>A hand-made client over the framework's WebSocket: requests as text, answers as JSON.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(s_patience);

    public static async Task<Wire> ConnectAsync(Uri server, string path = "/helios")
    {
        var wire = new Wire();
        await wire._socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = path }.Uri, wire._patience.Token);
        return wire;
    }

    /// <summary>Sends a request and reads until its response comes.</summary>
    public async Task<JsonElement> AskAsync(string method, string payload)
    {
        var requestId = Guid.NewGuid().ToString();
        var text = $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"request","requestId":"{{requestId}}","method":"{{method}}","payload":{{payload}}}""";
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _patience.Token);
        return await NextAsync(
            message => message.GetProperty("type").GetString() == "response" && message.GetProperty("requestId").GetString() == requestId);
    }

    /// <summary>The next message that matches. Others are skipped.</summary>
    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> matches)
    {
        for (; ; )
        {
            var message = await ReceiveAsync();
            if (matches(message)) return message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open) await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, _patience.Token);
        _socket.Dispose();
        _patience.Dispose();
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        using var received = new MemoryStream();
        var buffer = new byte[4096];
        WebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer, _patience.Token);
            received.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonElement.Parse(received.ToArray());
    }
}

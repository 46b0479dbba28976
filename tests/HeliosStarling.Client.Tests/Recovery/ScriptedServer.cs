using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Recovery;

/// <summary>A server whose every frame a test decides.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string Id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedServer() => _listener.Start();

    public Uri Url => new($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/some?a=b");

    /// <summary>Waits for a client and accepts it.</summary>
    public async Task<ScriptedConnection> AcceptAsync()
    {
        var stream = (await _listener.AcceptTcpClientAsync().InTime()).GetStream();
        var head = await ReadHeadAsync(stream);
        var headers = head.Split("\r\n").Skip(1).Select(line => line.Split(": ", 2)).Where(pair => pair.Length == 2).ToDictionary(
            pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 asks for it
        var accept = Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var reply = $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: helios-starling\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(reply));
        var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = "helios-starling" });
        return new ScriptedConnection(stream, socket, head.Split(' ')[1], headers.GetValueOrDefault("Sec-WebSocket-Protocol") ?? "")
        {
            Authorization = headers.GetValueOrDefault("Authorization"),
        };
    }

    /// <summary>Waits for a client and refuses it.</summary>
    public async Task RefuseAsync(string status, params string[] headers)
    {
        using var stream = (await _listener.AcceptTcpClientAsync().InTime()).GetStream();
        await ReadHeadAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n{string.Concat(headers.Select(header => $"{header}\r\n"))}\r\n"));
    }

    /// <summary>Waits for a client and refuses it with a body.</summary>
    /// <returns>The head of its request.</returns>
    public async Task<string> RefuseWithAsync(string status, string body)
    {
        using var stream = (await _listener.AcceptTcpClientAsync().InTime()).GetStream();
        var head = await ReadHeadAsync(stream);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
        return head;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return default;
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
            head.Append((char)one[0]);
        return head.ToString();
    }
}

/// <summary>One connection of the scripted server.</summary>
internal sealed class ScriptedConnection(NetworkStream stream, WebSocket socket, string target, string subprotocols)
{
    /// <summary>The path and query of the upgrade request.</summary>
    public string Target => target;

    public string Subprotocols => subprotocols;

    /// <summary>The header <c>Authorization</c>; null when there was none.</summary>
    public string? Authorization { get; init; }

    public long Attempt => long.Parse(Parameter("attempt")!, null);

    public string? Parameter(string name) =>
        target.Split('?', '&').FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];

    public Task SendAsync(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, default).AsTask().InTime();

    /// <summary>A whole protocol message.</summary>
    public Task SendMessageAsync(string fields, long timestamp = 1000) =>
        SendAsync($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":{{timestamp}},{{fields}}}""");

    public Task NotifyAsync(string topic, string data, long timestamp = 1000) => SendMessageAsync($$"""
        "type":"notification","notification":{"topic":"{{topic}}","data":{{data}}}
        """, timestamp);

    public Task WelcomeAsync(
        string epoch = "e1",
        long received = 0,
        string token = "t1",
        string topic = "established",
        string more = "",
        long timestamp = 1000,
        string id = ScriptedServer.Id) =>
        NotifyAsync(
            $"connection:{topic}",
            $$"""{"starlingId":"{{id}}","token":"{{token}}","expiresIn":60,"epoch":"{{epoch}}","received":{{received}}{{more}}}""",
            timestamp);

    public Task AckAsync(long received) => SendMessageAsync($"""
        "type":"ack","messageId":"{ScriptedServer.Id}","received":{received}
        """);

    public Task AnswerAsync(JsonElement request, string data) => SendMessageAsync($"""
        "type":"response","requestId":"{request.GetProperty("requestId").GetString()}","success":true,"data":{data}
        """);

    public async Task<JsonElement> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().InTime();
        Assert.Equal(WebSocketMessageType.Text, received.MessageType);
        return JsonElement.Parse(buffer.AsSpan(0, received.Count));
    }

    /// <summary>The next message: a notification's data, a request's method, an ack's number.</summary>
    public async Task<string> NextAsync() => Describe(await ReadAsync());

    /// <summary>Asserts that nothing else has arrived, by the answer to a ping.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendMessageAsync($"\"type\":\"ping\",\"messageId\":\"{ScriptedServer.Id}\"");
        Assert.StartsWith("ack", await NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>Reads up to the close frame and answers nothing.</summary>
    /// <returns>The messages, and the code of the close frame.</returns>
    public async Task<(List<string> Messages, int? Code)> ReadToCloseAsync()
    {
        var messages = new List<string>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().InTime();
            if (received.MessageType == WebSocketMessageType.Close) return (messages, (int?)socket.CloseStatus);
            messages.Add(Describe(JsonElement.Parse(buffer.AsSpan(0, received.Count))));
        }
    }

    /// <summary>Closes the connection instead of sending a welcome.</summary>
    public Task CloseAsync(int code, string reason) => socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, default).InTime();

    /// <summary>Reads to the end of the connection and answers a close frame.</summary>
    /// <returns>The close code; null when the connection was cut.</returns>
    public async Task<int?> EndAsync()
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), default).AsTask().InTime()).MessageType != WebSocketMessageType.Close)
            {
            }
            await CloseAsync(1000);
            return (int?)socket.CloseStatus;
        }
        catch (Exception fault) when (fault is WebSocketException or IOException)
        {
            return null;
        }
    }

    public Task CloseAsync(int code) => socket.CloseOutputAsync((WebSocketCloseStatus)code, "because", default).InTime();

    private static string Describe(JsonElement message) => message.GetProperty("type").GetString() switch
    {
        "notification" => message.GetProperty("notification").GetProperty("data").GetRawText(),
        "request" => message.GetProperty("method").GetString()!,
        "ack" => $"ack {(message.TryGetProperty("received", out var received) ? received.GetRawText() : "")}".TrimEnd(),
        var type => type!,
    };

    /// <summary>Resets the connection.</summary>
    public void Cut()
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        stream.Dispose();
    }
}

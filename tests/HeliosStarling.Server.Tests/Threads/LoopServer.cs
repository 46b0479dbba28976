using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using HeliosStarling.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Threads;

/// <summary>A server in event-loop mode whose only I/O thread belongs to the test, and one client of it.</summary>
internal sealed class LoopServer : IAsyncDisposable
{
    private readonly LogProbe _log = new();
    private WebSocket? _client;
    private Task _ended = Task.CompletedTask;

    public LoopServer(HeliosThreading threading = HeliosThreading.EventLoop)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(_log)).BuildServiceProvider();
        Helios = Helios.Create(options => (options.Threading, options.TimeProvider, options.KeepAliveInterval) = (threading, Time, TimeSpan.FromHours(1)), services);
        Helios.Method("test:where", (object? _, RequestContext _) => Io.Name, new MethodOptions { NonBlocking = true });
    }

    public Helios Helios { get; }

    public FakeTimeProvider Time { get; } = new();

    public LoopThread Io { get; } = new();

    /// <summary>What the watchdog said.</summary>
    public IReadOnlyList<string> Warnings => [.. _log.Entries.Where(entry => entry.Level == LogLevel.Warning).Select(entry => entry.Text)];

    /// <summary>Connects, and sees to it that the reader waits on the I/O thread.</summary>
    public async Task ConnectAsync()
    {
        var (up, down) = (new Pipe(), new Pipe());
        var stream = new LoopStream(up.Reader, down.Writer, Io);
        Assert.True(Helios.Connections.TryEnter());
        _ended = RunAsync(stream);
        _client = WebSocket.CreateFromStream(new LoopStream(down.Reader, up.Writer, loop: null), new WebSocketCreationOptions());
        // Its first read begins in the pool, and goes on there when the bytes are faster than its wait.
        while (await AskAsync("test:where") != "io")
        {
        }
    }

    public Task SendAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _client!.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage: true, default).InTime();

    public async Task<string> ReceiveAsync()
    {
        var buffer = new byte[4096];
        var received = await _client!.ReceiveAsync(buffer, default).InTime();
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    /// <summary>Calls a method; what it returns is the text.</summary>
    public async Task<string> AskAsync(string method)
    {
        await SendAsync(ClientMessage.Request(method));
        return System.Text.Json.JsonElement.Parse(await ReceiveAsync()).GetProperty("data").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).InTime();
        await _ended.InTime();
        await Helios.DisposeAsync().AsTask().InTime();
        _client?.Dispose();
        Io.Dispose();
    }

    private async Task RunAsync(LoopStream stream)
    {
        try
        {
            await Io;
            await Helios.Connections.RunAsync(stream, default, new Arrival(new(), RecoveryRequest.None), stream.Cut).ConfigureAwait(false);
        }
        finally
        {
            Helios.Connections.Leave();
            stream.Cut();
        }
    }
}

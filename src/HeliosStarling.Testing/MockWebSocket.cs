using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;

namespace HeliosStarling.Testing;

/// <summary>
/// An in-memory WebSocket that is connected to a real <see cref="Helios"/>. It sends hand-made messages, whole or in fragments, and returns
/// received messages unchanged.
/// </summary>
/// <remarks>
/// For one sender at a time. Other members are safe to use concurrently. It answers pings and the server's close frame by itself while it
/// reads. There is no upgrade request: filters of <c>UseUpgrade</c> and the endpoint's authorization do not run, and the user is set here.
/// </remarks>
public sealed class MockWebSocket : IAsyncDisposable
{
    private readonly ServerLink _link;
    private readonly WebSocket _socket;
    private readonly Inbox<MockMessage> _messages = new("message");
    private readonly Task<MockClose> _closed;
    private volatile TaskCompletionSource? _paused;

    /// <summary>Connects to a server. When the constructor returns, the server has the starling.</summary>
    /// <param name="server">The server under test.</param>
    /// <param name="user">The user who connects. Default anonymous.</param>
    /// <exception cref="HeliosException">The server accepts no connection: <c>CONNECTION_LIMIT</c>.</exception>
    public MockWebSocket(Helios server, ClaimsPrincipal? user = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
        _link = new ServerLink(server, user);
        _socket = Open(_link.Client);
        _closed = ReadAllAsync();
    }

    /// <summary>The server under test.</summary>
    public Helios Server { get; }

    /// <summary>The starling on the server.</summary>
    public Starling Starling => _link.Starling!;

    /// <summary>The maximum time that the <c>Receive</c> methods, closing and disposal wait, by the system clock. Default 10 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>All messages so far, in order, including those taken with <see cref="ReceiveAsync"/>.</summary>
    public IReadOnlyList<MockMessage> Messages => _messages.All;

    /// <summary>Completes when the connection has ended, with the code and reason of the server's close frame.</summary>
    public Task<MockClose> Closed => _closed;

    /// <summary>Sends a text message or a fragment of one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="endOfMessage">False when fragments follow. Default true.</param>
    /// <param name="cancellationToken">Cancels sending; the connection is then broken.</param>
    /// <exception cref="WebSocketException">The connection has ended.</exception>
    public ValueTask SendTextAsync(string text, bool endOfMessage = true, CancellationToken cancellationToken = default) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage, cancellationToken);

    /// <summary>Sends a binary message or a fragment of one.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="endOfMessage">False when fragments follow. Default true.</param>
    /// <param name="cancellationToken">Cancels sending; the connection is then broken.</param>
    /// <exception cref="WebSocketException">The connection has ended.</exception>
    public ValueTask SendBinaryAsync(ReadOnlyMemory<byte> data, bool endOfMessage = true, CancellationToken cancellationToken = default) =>
        _socket.SendAsync(data, WebSocketMessageType.Binary, endOfMessage, cancellationToken);

    /// <summary>Sends bytes unchanged, for example hand-made frames with header and mask, valid or not.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Cancels sending.</param>
    /// <exception cref="IOException">The connection has ended.</exception>
    public ValueTask SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        _link.Client.WriteAsync(bytes, cancellationToken);

    /// <summary>Takes the oldest message, or waits for one. Each message is taken once.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="TimeoutException">None arrived within <see cref="Patience"/>.</exception>
    /// <exception cref="InvalidOperationException">The connection has ended, so none can arrive.</exception>
    public Task<MockMessage> ReceiveAsync(CancellationToken cancellationToken = default) =>
        _messages.TakeAsync(_ => true, Patience, cancellationToken);

    /// <summary>
    /// Stops reading, like a slow receiver, until <see cref="ResumeReading"/> is called. Up to 4 KiB are still read.
    /// </summary>
    public void PauseReading() =>
        Interlocked.CompareExchange(ref _paused, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    /// <summary>Continues reading.</summary>
    public void ResumeReading() => Interlocked.Exchange(ref _paused, null)?.SetResult();

    /// <summary>Sends a close frame and waits for the end of the connection.</summary>
    /// <param name="code">The close code. Default 1000.</param>
    /// <param name="reason">At most 123 bytes of UTF-8. Default none.</param>
    /// <returns>The server's close code and reason.</returns>
    /// <exception cref="TimeoutException">The server did not end within <see cref="Patience"/>; the connection was cut.</exception>
    public async Task<MockClose> CloseAsync(int code = 1000, string? reason = null)
    {
        ResumeReading();
        if (_socket.State == WebSocketState.Open) await SendCloseAsync(code, reason).ConfigureAwait(false);
        return await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Cuts the connection without a close frame, like a network failure. Completes when both sides have noticed.</summary>
    /// <exception cref="TimeoutException">The server did not end within <see cref="Patience"/>.</exception>
    public Task DisconnectAsync()
    {
        _link.Cut();
        ResumeReading();
        return EndAsync();
    }

    /// <summary>Closes with 1000 unless the connection has ended already.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <summary>Creates the client's side of a WebSocket after the opening handshake.</summary>
    internal static WebSocket Open(Stream stream) =>
        WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });

    private async Task SendCloseAsync(int code, string? reason)
    {
        try
        {
            await _socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // Both sides close at the same time: the close frame was sent already, or the connection is gone. The framework throws a
            // cancellation when the WebSocket is aborted meanwhile.
        }
    }

    private async Task<MockClose> EndAsync()
    {
        try
        {
            await Task.WhenAll(_closed, _link.Ended).WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
            return await _closed.ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            _link.Cut();
            throw new TimeoutException(
                $"The server was not done with the connection within {Patience}. Does one of its handlers block?", exception);
        }
    }

    private async Task<MockClose> ReadAllAsync()
    {
        try
        {
            while (await ReadAsync().ConfigureAwait(false) is { } message) _messages.Add(message);
            var close = new MockClose((int?)_socket.CloseStatus ?? CloseInfo.NoCode, _socket.CloseStatusDescription ?? "");
            if (_socket.State == WebSocketState.CloseReceived) await SendCloseAsync(1000, null).ConfigureAwait(false);
            return close;
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or OperationCanceledException)
        {
            return new MockClose(CloseInfo.Lost.Code, CloseInfo.Lost.Reason);
        }
        finally
        {
            _messages.End();
        }
    }

    /// <returns>A complete message; null when the server's close frame has arrived.</returns>
    private async Task<MockMessage?> ReadAsync()
    {
        var bytes = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            if (_paused is { } paused) await paused.Task.ConfigureAwait(false);
            var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            bytes.Write(buffer.AsSpan(0, received.Count));
            if (received.EndOfMessage) return new MockMessage(bytes.ToArray(), received.MessageType == WebSocketMessageType.Binary);
        }
    }
}

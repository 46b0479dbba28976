using System.Net.WebSockets;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Keeps a client connected: opens its connections one after another, each when the one before has ended.</summary>
/// <remarks>
/// Safe to call concurrently. <see cref="ClientLife"/> owns the connection from the moment when it is open: closing the client reaches it there,
/// and a connection that opens later is closed at once.
/// </remarks>
internal sealed class Link(StarlingClient client, ClientSession session, TokenKeeper token, StarlingClientOptions options, Uri? url)
{
    // Acknowledgements leave in time: at most 1 s after the first message that waits for one (PROTOCOL.md section 7, rule 4).
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    // A connection that lasted as long, or over which something came, was a good one.
    private static readonly TimeSpan GoodAfter = TimeSpan.FromSeconds(5);

    private readonly ClientLife _life = new(new CancellationTokenSource());
    private readonly Dialer _dialer = new(url ?? new Uri("ws://localhost"), options);
    private readonly Backoff _backoff = new(options.ReconnectDelay, options.MaxReconnectDelay);
    private ITimer? _ticker;
    private string? _starlingId;

    public ConnectionState State => _life.State;

    public string? StarlingId => Volatile.Read(ref _starlingId);

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="HeliosException">The server could not be reached or refused, or the client was closed meanwhile.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!_life.TryBegin()) throw ClientLife.Closed();
        ClientConnection connection;
        ServerWelcome? welcome;
        try
        {
            (connection, welcome) = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            session.Close();
            var isClosing = _life.IsClosing;
            _life.Close();
            _life.End();
            if (!isClosing) throw;
            cancellationToken.ThrowIfCancellationRequested();
            throw ClientLife.Closed(exception);
        }
        await RunAsync(connection, welcome).ConfigureAwait(false);
    }

    /// <summary>Takes a WebSocket that is open already.</summary>
    public void Start(WebSocket socket)
    {
        var connection = new ClientConnection(session, socket, options.ConnectionTimeout);
        if (!_life.TryBegin() || !_life.TryOwn(connection) || !session.TryJoin(connection, null, 0) || !_life.TryConnect())
        {
            connection.Dispose();
            session.Close();
            _life.Close();
            _life.End();
            throw ClientLife.Closed();
        }
        _ = RunAsync(connection, null).AsTask();
    }

    /// <summary>Closes the connection, or the one that is being opened, and completes when it has ended.</summary>
    public ValueTask CloseAsync(string? reason)
    {
        var closing = _life.CloseAsync(reason ?? "", out var hasBegun);
        if (!hasBegun) session.Close();
        return closing;
    }

    /// <returns>Completes when the handlers of the first <c>starling:connected</c> have; messages come meanwhile, so that those may make
    /// requests.</returns>
    private ValueTask RunAsync(ClientConnection connection, ServerWelcome? welcome)
    {
        _ticker = session.Engine.Time.CreateTimer(static state => ((ClientSession)state!).AcknowledgeInTime(), session, Tick, Tick);
        _ = KeepConnectedAsync(connection);
        return TellConnectedAsync(welcome, continues: false);
    }

    private async Task KeepConnectedAsync(ClientConnection? connection)
    {
        // The caller of ConnectAsync goes on while messages come.
        await Task.Yield();
        var close = CloseInfo.Lost;
        while (connection is not null)
        {
            var (since, counted) = (session.Engine.Time.GetTimestamp(), session.Received);
            close = await connection.RunAsync().ConfigureAwait(false);
            LetGo(connection);
            if (session.Received > counted || session.Engine.Time.GetElapsedTime(since) >= GoodAfter) _backoff.Reset();
            connection = null;
            if (IsFinal(close)) break;
            _life.TryReconnect();
            Tell(new ClientDisconnected(client, close.Code, close.Reason));
            connection = await ReconnectAsync().ConfigureAwait(false);
        }
        End(close);
    }

    /// <summary>Whether the client does not come back: it or the server wants it so (PROTOCOL.md section 7, "Takeover").</summary>
    private bool IsFinal(CloseInfo close) =>
        !options.Reconnect || _life.IsClosing || close.Code is CloseCode.Superseded or CloseCode.ClosedForGood;

    private void End(CloseInfo close)
    {
        var wasConnected = _life.Close() == ConnectionState.Connected;
        if (close.Code is CloseCode.Superseded or CloseCode.ClosedForGood) token.Forget();
        _ticker?.Dispose();
        session.Close();
        if (wasConnected) Tell(new ClientDisconnected(client, close.Code, close.Reason));
        Tell(new ClientClosed(client, close.Code, close.Reason));
        _life.End();
    }

    /// <returns>A connection that is linked; null when the client is closed or gives up.</returns>
    private async Task<ClientConnection?> ReconnectAsync()
    {
        while (!_life.IsClosing && _backoff.Tries < (options.MaxReconnectAttempts ?? int.MaxValue))
        {
            var delay = _backoff.Next();
            Tell(new ClientReconnecting(client, _backoff.Tries, delay));
            try
            {
                await Task.Delay(delay, session.Engine.Time, _life.Closing).ConfigureAwait(false);
                var epoch = session.Epoch;
                var (connection, welcome) = await ConnectAsync(default).ConfigureAwait(false);
                _ = TellConnectedAsync(welcome, continues: epoch == welcome?.Epoch).AsTask();
                return connection;
            }
            catch (Exception) when (_life.IsClosing)
            {
                return null;
            }
            catch (Exception exception)
            {
                session.Engine.Logger.ReconnectFailed(exception.Message);
            }
        }
        return null;
    }

    /// <summary>Opens a WebSocket, waits for the welcome and links the two.</summary>
    private async Task<(ClientConnection Connection, ServerWelcome? Welcome)> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await DialAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_life.TryOwn(connection)) throw ClientLife.Closed();
            var welcome = options.Resume ? await ReadWelcomeAsync(connection, cancellationToken).ConfigureAwait(false) : null;
            if (!session.TryJoin(connection, welcome)) throw Misfit();
            if (!_life.TryConnect()) throw ClientLife.Closed();
            connection.Wake();
            return (connection, welcome);
        }
        catch
        {
            // Its goodbye is on its way: the server hears of it before the transport ends.
            if (_life.IsClosing) await connection.RunAsync().ConfigureAwait(false);
            LetGo(connection);
            throw;
        }
    }

    private async Task<ClientConnection> DialAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_life.Closing, cancellationToken);
        var socket = await _dialer.ConnectAsync(token.Token, session.Epoch, session.Received, either.Token).ConfigureAwait(false);
        return new ClientConnection(session, socket, options.ConnectionTimeout);
    }

    private void LetGo(ClientConnection connection)
    {
        _life.Disown(connection);
        session.Unlink(connection);
        connection.Dispose();
    }

    /// <summary>The server says that it has counted what was never sent: begin anew (PROTOCOL.md section 7, rule 5).</summary>
    private HeliosException Misfit()
    {
        session.ForgetEpoch();
        return _dialer.Rejected("the server's welcome does not fit what was sent");
    }

    private async Task<ServerWelcome> ReadWelcomeAsync(ClientConnection connection, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectionTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        ServerWelcome? welcome;
        try
        {
            welcome = await connection.ReadWelcomeAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw _dialer.Rejected(deadline.IsCancellationRequested ? $"no welcome within {options.ConnectionTimeout}. If the server knows no resume, set Resume to false" : exception.Message, exception);
        }
        if (_life.IsClosing) throw ClientLife.Closed();
        if (welcome is null) throw _dialer.Rejected("the first message was no welcome. If the server knows no resume, set Resume to false");
        Volatile.Write(ref _starlingId, welcome.StarlingId);
        if (welcome.Token is { } fresh) token.Keep(fresh, welcome.Timestamp);
        return welcome;
    }

    private async ValueTask TellConnectedAsync(ServerWelcome? welcome, bool continues)
    {
        await client.Events.EmitAsync(new ClientConnected(client)).ConfigureAwait(false);
        if (welcome is { IsRecovered: true }) await client.Events.EmitAsync(new ClientRecovered(client, continues, welcome.Missed)).ConfigureAwait(false);
    }

    // Not awaited: a handler may itself wait for the client's end.
    private void Tell(ClientEvent happened) => _ = client.Events.EmitAsync(happened).AsTask();
}

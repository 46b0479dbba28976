using System.Net.WebSockets;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Keeps a client connected: opens its connections one after another, each when the one before has ended.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Link(StarlingClient client, ClientSession session, TokenKeeper token, StarlingClientOptions options, Uri? url) : IDisposable
{
    // Acknowledgements leave in time: at most 1 s after the first message that waits for one (PROTOCOL.md section 7, rule 4).
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    // A connection that lasted as long, or over which something came, was a good one.
    private static readonly TimeSpan GoodAfter = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _closing = new();
    private readonly Dialer _dialer = new(url ?? new Uri("ws://localhost"), options);
    private readonly Backoff _backoff = new(options.ReconnectDelay, options.MaxReconnectDelay);
    private ITimer? _ticker;
    private int _state = (int)ConnectionState.Connecting;
    private string? _starlingId;
    private string? _closeReason;
    private Task _running = Task.CompletedTask;

    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    public string? StarlingId => Volatile.Read(ref _starlingId);

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="HeliosException">The server could not be reached or refused.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (connection, welcome) = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            await RunAsync(connection, welcome).ConfigureAwait(false);
        }
        catch
        {
            session.Close();
            throw;
        }
    }

    /// <summary>Takes a WebSocket that is open already.</summary>
    public void Start(WebSocket socket)
    {
        var connection = new ClientConnection(session, socket, options.ConnectionTimeout);
        session.TryJoin(connection, null, 0);
        _ = RunAsync(connection, null).AsTask();
    }

    public async ValueTask CloseAsync(string? reason)
    {
        Interlocked.CompareExchange(ref _closeReason, reason ?? "", null);
        session.Connection?.BeginClose(CloseCode.Normal, reason ?? "");
        await _closing.CancelAsync().ConfigureAwait(false);
        // A connection may have been linked just before.
        session.Connection?.BeginClose(CloseCode.Normal, reason ?? "");
        await _running.ConfigureAwait(false);
    }

    // The token source is left to the collector: whoever closes twice cancels it again.
    public void Dispose() => _ticker?.Dispose();

    /// <returns>Completes when the handlers of the first <c>starling:connected</c> have; messages come meanwhile, so that those may make
    /// requests.</returns>
    private ValueTask RunAsync(ClientConnection connection, ServerWelcome? welcome)
    {
        _ticker = session.Engine.Time.CreateTimer(static state => ((ClientSession)state!).AcknowledgeInTime(), session, Tick, Tick);
        Volatile.Write(ref _state, (int)ConnectionState.Connected);
        _running = KeepConnectedAsync(connection);
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
            session.Unlink(connection);
            connection.Dispose();
            if (session.Received > counted || session.Engine.Time.GetElapsedTime(since) >= GoodAfter) _backoff.Reset();
            connection = null;
            if (IsFinal(close)) break;
            Volatile.Write(ref _state, (int)ConnectionState.Reconnecting);
            Tell(new ClientDisconnected(client, close.Code, close.Reason));
            connection = await ReconnectAsync().ConfigureAwait(false);
        }
        End(close);
    }

    /// <summary>Whether the client does not come back: it or the server wants it so (PROTOCOL.md section 7, "Takeover").</summary>
    private bool IsFinal(CloseInfo close) =>
        !options.Reconnect || _closing.IsCancellationRequested || close.Code is CloseCode.Superseded or CloseCode.ClosedForGood;

    private void End(CloseInfo close)
    {
        var wasConnected = Interlocked.Exchange(ref _state, (int)ConnectionState.Closed) == (int)ConnectionState.Connected;
        if (close.Code is CloseCode.Superseded or CloseCode.ClosedForGood) token.Forget();
        _ticker?.Dispose();
        session.Close();
        if (wasConnected) Tell(new ClientDisconnected(client, close.Code, close.Reason));
        Tell(new ClientClosed(client, close.Code, close.Reason));
    }

    /// <returns>A connection that is linked; null when the client is closed or gives up.</returns>
    private async Task<ClientConnection?> ReconnectAsync()
    {
        while (!_closing.IsCancellationRequested && _backoff.Tries < (options.MaxReconnectAttempts ?? int.MaxValue))
        {
            var delay = _backoff.Next();
            Tell(new ClientReconnecting(client, _backoff.Tries, delay));
            try
            {
                await Task.Delay(delay, session.Engine.Time, _closing.Token).ConfigureAwait(false);
                var epoch = session.Epoch;
                var (connection, welcome) = await ConnectAsync(_closing.Token).ConfigureAwait(false);
                Volatile.Write(ref _state, (int)ConnectionState.Connected);
                if (_closing.IsCancellationRequested) connection.BeginClose(CloseCode.Normal, _closeReason ?? "");
                _ = TellConnectedAsync(welcome, continues: epoch == welcome?.Epoch).AsTask();
                return connection;
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
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
        var socket = await _dialer.ConnectAsync(token.Token, session.Epoch, session.Received, cancellationToken).ConfigureAwait(false);
        var connection = new ClientConnection(session, socket, options.ConnectionTimeout);
        try
        {
            var welcome = options.Resume ? await ReadWelcomeAsync(connection, cancellationToken).ConfigureAwait(false) : null;
            if (session.TryJoin(connection, welcome?.Epoch, welcome?.Received ?? 0))
            {
                connection.Wake();
                return (connection, welcome);
            }
            // The server says that it has counted what was never sent: begin anew (PROTOCOL.md section 7, rule 5).
            session.ForgetEpoch();
            throw _dialer.Rejected("the server's welcome does not fit what was sent");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
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

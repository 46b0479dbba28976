using System.Net.WebSockets;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Keeps a client connected. It opens one connection after another, each when the previous one has ended.</summary>
/// <remarks>
/// Safe to call concurrently. <see cref="ClientLife"/> owns each connection as soon as it is open, so closing the client reaches it. A
/// connection that opens later is closed at once.
/// </remarks>
internal sealed class ConnectionKeeper(
    StarlingClient client, ClientSession session, TokenKeeper token, StarlingClientOptions options, Uri? url)
{
    // Acknowledgements are sent in time: at most 1 s after the first unacknowledged message (docs/protocol.md section 7, rule 4).
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);

    // The back-off is reset after a connection that lasted this long, or over which a message was acknowledged ("Back-off").
    private static readonly TimeSpan s_goodAfter = TimeSpan.FromSeconds(10);

    private readonly ClientLife _life = new(new CancellationTokenSource());
    private readonly Dialer _dialer = new(url ?? new Uri("ws://localhost"), options);
    private readonly Tickets _tickets = new(options);
    private readonly TicketRenewer _renewer = new(session, new Tickets(options));
    private readonly Backoff _backoff = new(options.ReconnectDelay, options.MaxReconnectDelay);
    private ITimer? _ticker;
    private string? _starlingId;
    private string? _leaveReason;
    private bool _hasSaidGoodbye;
    private ConnectionFailure? _failure;

    public ConnectionState State => _life.State;

    public string? StarlingId => Volatile.Read(ref _starlingId);

    /// <summary>Whether the application has closed the client, or is closing it.</summary>
    public bool IsEnding => _life.IsEnding;

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="HeliosException">The server could not be reached or refused the client, or the client was closed
    /// meanwhile.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!_life.TryBegin()) throw ClientLife.Closed();
        ClientConnection connection;
        ServerWelcome? welcome;
        try
        {
            (connection, welcome) = await ConnectFirstAsync(cancellationToken).ConfigureAwait(false);
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
        try
        {
            await Run(connection, welcome).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _life.AbortAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts the client with a WebSocket that is open already.</summary>
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
        _ = Run(connection, null);
    }

    /// <summary>Leaves for good. Completes when the client has ended.</summary>
    /// <param name="reason">The reason of the close frame.</param>
    /// <param name="cancellationToken">Ends the wait for the server. Messages that are not acknowledged by then are unconfirmed.</param>
    public async ValueTask CloseAsync(string? reason, CancellationToken cancellationToken)
    {
        // The first caller's reason counts. Later callers only wait.
        Interlocked.CompareExchange(ref _leaveReason, reason ?? "", null);
        if (options.Resume && _life.TryLeave()) await LeaveAsync(cancellationToken).ConfigureAwait(false);
        else await CloseAsync(CloseCode.Normal, reason).ConfigureAwait(false);
    }

    /// <summary>Closes the connection. Completes when the client has ended. The server keeps the starling.</summary>
    public async ValueTask DisconnectAsync(string? reason)
    {
        if (session.Connection is { } connection) session.Ledger.TryStopCounting(connection);
        await CloseAsync(CloseCode.GoingAway, reason).ConfigureAwait(false);
    }

    private ValueTask CloseAsync(int code, string? reason)
    {
        var closing = _life.CloseAsync(code, reason ?? "", out var hasBegun);
        if (!hasBegun) session.Close();
        return closing;
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ConnectionTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        (session.Connection as ClientConnection)?.BeginGoodbye(_leaveReason!);
        await _life.Ended.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_life.Ended.IsCompleted) await _life.AbortAsync().ConfigureAwait(false);
    }

    /// <returns>A task that completes after the handlers of the first <c>starling:connected</c>. Messages are received meanwhile, so that
    /// the handlers may make requests.</returns>
    private Task Run(ClientConnection connection, ServerWelcome? welcome)
    {
        _ticker = session.Engine.Time.CreateTimer(
            static state => ((ClientSession)state!).OnTick(), session, s_tick, s_tick);
        var told = TellConnectedAsync(welcome, continues: false);
        _ = KeepConnectedAsync(connection);
        return told;
    }

    private async Task KeepConnectedAsync(ClientConnection? connection)
    {
        // The caller of ConnectAsync must not wait for the messages that are received.
        await Task.Yield();
        var close = CloseInfo.Lost;
        var isConfirmed = false;
        while (connection is not null)
        {
            if (_life.IsLeaving) connection.BeginGoodbye(_leaveReason!);
            close = await RunAsync(connection).ConfigureAwait(false);
            isConfirmed = connection is { HasSaidGoodbye: true, PeerClose.Code: CloseCode.Normal };
            connection = null;
            if (isConfirmed || IsFinal(close)) break;
            _life.TryReconnect();
            _ = client.TellAsync(new ClientDisconnected(client, close.Code, close.Reason));
            (connection, var final) = await ReconnectAsync(close).ConfigureAwait(false);
            close = final ?? close;
        }
        End(close, isConfirmed || (_hasSaidGoodbye && close.Code == CloseCode.ClosedForGood));
    }

    /// <summary>Runs a connection to its end, and resets the back-off if it was a good one.</summary>
    private async Task<CloseInfo> RunAsync(ClientConnection connection)
    {
        var (since, acknowledged) = (session.Engine.Time.GetTimestamp(), session.Outbox.AcknowledgedInAll);
        var close = await connection.RunAsync().ConfigureAwait(false);
        _renewer.Stop();
        if (session.Outbox.AcknowledgedInAll > acknowledged || session.Engine.Time.GetElapsedTime(since) >= s_goodAfter) _backoff.Reset();
        if (close.Code == CloseCode.RateLimited) _backoff.SlowDown();
        _hasSaidGoodbye |= connection.HasSaidGoodbye;
        LetGo(connection);
        return close;
    }

    /// <summary>
    /// Whether the client must not reconnect, because it or the server has closed for good (docs/protocol.md section 7, "Takeover").
    /// </summary>
    private bool IsFinal(CloseInfo close) =>
        !(options.Reconnection?.ComesBack ?? options.Reconnect) || _life.IsClosing || IsFinal(close.Code);

    private static bool IsFinal(int? code) => code is CloseCode.Superseded or CloseCode.ClosedForGood;

    private void End(CloseInfo close, bool isConfirmed)
    {
        var wasConnected = _life.Close() == ConnectionState.Connected;
        if (isConfirmed || IsFinal(close.Code)) token.Forget();
        _ticker?.Dispose();
        if (!isConfirmed && options.Resume) session.ReportKept();
        session.Close();
        if (wasConnected) _ = client.TellAsync(new ClientDisconnected(client, close.Code, close.Reason));
        _ = client.TellAsync(new ClientClosed(client, close.Code, close.Reason) { Failure = _failure, IsConfirmed = isConfirmed });
        _life.End();
    }

    /// <returns>A linked connection; null when the client is closed or gives up, with the close frame that came instead of a
    /// welcome.</returns>
    private async Task<(ClientConnection? Connection, CloseInfo? Final)> ReconnectAsync(CloseInfo close)
    {
        if (_life.IsLeaving) _backoff.Reset();
        _failure = close.Code == CloseInfo.LostCode
            ? new ConnectionFailure { Reason = close.Reason, CloseCode = close.Code }
            : Dialer.FailureOf(close) with { Reason = close.Reason };
        NoteRefusal();
        while (!_life.IsClosing && _backoff.Tries < (options.MaxReconnectAttempts ?? int.MaxValue))
        {
            var delay = _backoff.Next();
            var reconnecting = new ClientReconnecting(client, _backoff.Tries, delay) { Failure = _failure };
            var told = client.TellAsync(reconnecting);
            try
            {
                await WaitAsync(delay, reconnecting.WhenStopped).ConfigureAwait(false);
                if (_failure is { IsRefusal: true }) await WaitForHandlersAsync(told, reconnecting.WhenStopped).ConfigureAwait(false);
                if (reconnecting.WhenStopped.IsCompleted) break;
                var epoch = session.Ledger.Epoch;
                var (connection, welcome) = await ConnectAsync(default).ConfigureAwait(false);
                _failure = null;
                _ = TellConnectedAsync(welcome, continues: epoch == welcome?.Epoch);
                return (connection, null);
            }
            catch (Exception) when (_life.IsClosing)
            {
                return (null, null);
            }
            catch (Exception exception)
            {
                session.Engine.Logger.ReconnectFailed(exception.Message);
                _failure = (exception as HeliosException)?.Details as ConnectionFailure
                    ?? new ConnectionFailure { Reason = exception.GetBaseException().Message };
                NoteRefusal();
                if (IsFinal(_failure.CloseCode)) return (null, new CloseInfo(_failure.CloseCode!.Value, _failure.Reason));
                if (_failure.RetryAfter is { } wait) _backoff.WaitAtLeast(wait);
                if (_failure.CloseCode == CloseCode.RateLimited) _backoff.SlowDown();
            }
        }
        return (null, null);
    }

    /// <summary>Waits before the next attempt. A client that begins to leave meanwhile tries at once.</summary>
    private async Task WaitAsync(TimeSpan delay, Task whenStopped)
    {
        var wasLeaving = _life.IsLeaving;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_life.Closing);
        var delayed = options.Reconnection?.WaitAsync(_failure, waiting.Token) ?? Task.Delay(delay, session.Engine.Time, waiting.Token);
        await (wasLeaving ? delayed : await Task.WhenAny(delayed, _life.WhenLeaving, whenStopped).ConfigureAwait(false)).ConfigureAwait(
            false);
        await waiting.CancelAsync().ConfigureAwait(false);
        if (_life.IsLeaving && !wasLeaving) _backoff.Reset();
    }

    /// <summary>
    /// Waits for the application's handlers after a refusal. The wait is limited, so that a handler that hangs does not block the client.
    /// </summary>
    private async Task WaitForHandlersAsync(Task told, Task whenStopped)
    {
        Task heard = Task.WhenAny(told, whenStopped);
        await heard.WaitAsync(options.ConnectionTimeout, options.TimeProvider, _life.Closing)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _life.Closing.ThrowIfCancellationRequested();
    }

    /// <summary>Remembers a refusal for the next request of a ticket. The first refusal is logged.</summary>
    private void NoteRefusal()
    {
        if (_failure is not { IsRefusal: true } refusal) return;
        if (_tickets.Refusal is null) session.Engine.Logger.ClientRefused(refusal.Reason);
        _tickets.Refusal = refusal;
    }

    /// <summary>Connects for the first time. Forgets a token whose starling was closed for good or has left.</summary>
    private async Task<(ClientConnection Connection, ServerWelcome? Welcome)> ConnectFirstAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HeliosException exception) when (token.Token is not null
            && exception.Details is ConnectionFailure { CloseCode: CloseCode.ClosedForGood }
            && !_life.IsClosing)
        {
            token.Forget();
            return await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HeliosException exception) when (_tickets.AreProvided
            && exception.Details is ConnectionFailure { Status: 401 } refusal
            && !_life.IsClosing)
        {
            // The application's ticket may be too old: ask it once more.
            _tickets.Refusal = refusal;
            return await ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens a WebSocket, reads the welcome and links the connection.</summary>
    private async Task<(ClientConnection Connection, ServerWelcome? Welcome)> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await DialAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_life.TryOwn(connection)) throw ClientLife.Closed();
            var welcome = options.Resume ? await ReadWelcomeAsync(connection, cancellationToken).ConfigureAwait(false) : null;
            if (!session.TryJoin(connection, welcome)) throw Misfit();
            if (!_life.TryConnect()) throw ClientLife.Closed();
            _tickets.Refusal = null;
            connection.Wake();
            return (connection, welcome);
        }
        catch
        {
            // A close frame is queued: let it reach the server before the transport ends.
            if (_life.IsClosing) await connection.RunAsync().ConfigureAwait(false);
            LetGo(connection);
            throw;
        }
    }

    private async Task<ClientConnection> DialAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_life.Closing, cancellationToken);
        var ticket = await TicketAsync(either.Token).ConfigureAwait(false);
        var socket = await _dialer.ConnectAsync(token.Token, ticket, session.Ledger.Epoch, session.Ledger.Received, either.Token)
            .ConfigureAwait(false);
        return new ClientConnection(session, socket, options.ConnectionTimeout);
    }

    private async ValueTask<string?> TicketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _tickets.GetAsync(isRenewal: false, cancellationToken).ConfigureAwait(false);
        }
        catch (HeliosException exception) when (exception.Details is ConnectionFailure failure)
        {
            throw _dialer.Rejected(failure, exception.InnerException);
        }
    }

    private void LetGo(ClientConnection connection)
    {
        _life.Disown(connection);
        session.Unlink(connection);
        connection.Dispose();
    }

    /// <summary>
    /// Handles a welcome that counts messages which were never sent: starts a new epoch (docs/protocol.md section 7, rule 5).
    /// </summary>
    private HeliosException Misfit()
    {
        session.Ledger.ForgetEpoch();
        return Rejected("the server's welcome does not fit what was sent");
    }

    private HeliosException Rejected(string reason, Exception? inner = null) =>
        _dialer.Rejected(new ConnectionFailure { Reason = reason }, inner);

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
            throw Rejected(deadline.IsCancellationRequested
                ? $"no welcome within {options.ConnectionTimeout}. If the server knows no resume, set Resume to false"
                : exception.GetBaseException().Message, exception);
        }
        if (_life.IsClosing) throw ClientLife.Closed();
        if (welcome is null && connection.PeerClose is { } close) throw _dialer.Rejected(Dialer.FailureOf(close));
        if (welcome is null) throw Rejected("the first message was no welcome. If the server knows no resume, set Resume to false");
        Volatile.Write(ref _starlingId, welcome.StarlingId);
        if (welcome.Token is { } fresh) token.Keep(fresh);
        return welcome;
    }

    private async Task TellConnectedAsync(ServerWelcome? welcome, bool continues)
    {
        _renewer.Begin(welcome?.TicketExpiresIn);
        var connected = client.TellAsync(new ClientConnected(client));
        var recovered = welcome is { IsRecovered: true }
            ? client.TellAsync(new ClientRecovered(client, continues, welcome.Missed))
            : Task.CompletedTask;
        await connected.ConfigureAwait(false);
        await recovered.ConfigureAwait(false);
    }
}

using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The life of a client, and the owner of its connection: open, connected or about to be, until it is closed once and for good.
/// </summary>
/// <remarks>
/// Safe to call concurrently. A connection is owned as soon as it is open, so that closing reaches it whatever the opener waits for.
/// </remarks>
/// <param name="closing">Is cancelled when the client is closed. It is never disposed of, because a second close cancels it again.</param>
internal sealed class ClientLife(CancellationTokenSource closing)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientConnection? _connection;
    private ConnectionState _state = ConnectionState.Connecting;
    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _closeReason;
    private bool _hasBegun;

    public ConnectionState State
    {
        get { lock (_lock) return _state; }
    }

    /// <summary>Whether the client was closed, or is being closed.</summary>
    public bool IsClosing
    {
        get { lock (_lock) return _closeReason is not null; }
    }

    /// <summary>Whether the application has closed the client, or is closing it.</summary>
    public bool IsEnding => IsClosing || IsLeaving;

    /// <summary>Whether the client says goodbye, for which it comes back if it must.</summary>
    public bool IsLeaving => _leaving.Task.IsCompleted;

    /// <summary>Completes when the client begins to say goodbye.</summary>
    public Task WhenLeaving => _leaving.Task;

    /// <summary>Completes when the client has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Is cancelled when the client is closed.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>What an operation fails with that the client was closed under.</summary>
    public static HeliosException Closed(Exception? inner = null) =>
        new(ErrorCodes.ConnectionClosed, "The client was closed while it connected.", null, inner);

    /// <summary>Begins to say goodbye; false when the client has no starling to leave, or is closed.</summary>
    public bool TryLeave()
    {
        lock (_lock)
        {
            if (_closeReason is not null || _state is not (ConnectionState.Connected or ConnectionState.Reconnecting)) return false;
        }
        _leaving.TrySetResult();
        return true;
    }

    /// <summary>Begins to connect; false when the client is closed already.</summary>
    public bool TryBegin()
    {
        lock (_lock) return _hasBegun = _closeReason is null;
    }

    /// <summary>Takes over a connection that was opened; false when the client was closed meanwhile: then it is closed at once.</summary>
    public bool TryOwn(ClientConnection connection)
    {
        lock (_lock)
        {
            _connection = connection;
            if (_closeReason is null) return true;
        }
        connection.BeginClose(CloseCode.Normal, _closeReason);
        return false;
    }

    /// <summary>The owned connection is linked; false when the client was closed meanwhile: then it is closed already.</summary>
    public bool TryConnect() => TryMove(ConnectionState.Connected);

    /// <summary>The connection was lost; false when the client was closed meanwhile.</summary>
    public bool TryReconnect() => TryMove(ConnectionState.Reconnecting);

    /// <summary>A connection has ended.</summary>
    public void Disown(ClientConnection connection)
    {
        lock (_lock)
        {
            if (_connection == connection) _connection = null;
        }
    }

    /// <summary>Closes the client: its connection, if there is one, and any that opens later.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="reason">Why; the first one counts.</param>
    /// <param name="hasBegun">Whether it ever began to connect; if not, it has ended now.</param>
    /// <returns>Completes when the client has ended.</returns>
    public ValueTask CloseAsync(int code, string reason, out bool hasBegun)
    {
        ClientConnection? connection;
        lock (_lock)
        {
            _closeReason ??= reason;
            (connection, hasBegun) = (_connection, _hasBegun);
        }
        if (!hasBegun)
        {
            Close();
            End();
        }
        connection?.BeginClose(code, _closeReason);
        return StopAsync();
    }

    /// <summary>Closes the client at once: cuts its connection, if there is one.</summary>
    /// <returns>Completes when the client has ended.</returns>
    public ValueTask AbortAsync()
    {
        ClientConnection? connection;
        lock (_lock)
        {
            _closeReason ??= "";
            connection = _connection;
        }
        connection?.Abort();
        return StopAsync();
    }

    /// <summary>The client is closed for good.</summary>
    /// <returns>How it stood until now.</returns>
    public ConnectionState Close()
    {
        lock (_lock)
        {
            var before = _state;
            (_state, _closeReason) = (ConnectionState.Closed, _closeReason ?? "");
            return before;
        }
    }

    /// <summary>The end of the client is told: lets those go who wait for it.</summary>
    public void End() => _ended.TrySetResult();

    private async ValueTask StopAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
    }

    private bool TryMove(ConnectionState state)
    {
        lock (_lock)
        {
            if (_closeReason is not null) return false;
            _state = state;
            return true;
        }
    }
}

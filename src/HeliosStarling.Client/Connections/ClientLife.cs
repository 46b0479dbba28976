using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The life of a client: it owns the client's connection, from the first connection until the client is closed once and for good.
/// </summary>
/// <remarks>
/// Safe to call concurrently. A connection is owned as soon as it is open, so closing the client reaches it in every phase.
/// </remarks>
/// <param name="closing">Is cancelled when the client is closed. It is never disposed, because a second close cancels it again.</param>
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

    /// <summary>Whether the client is closed or closing.</summary>
    public bool IsClosing
    {
        get { lock (_lock) return _closeReason is not null; }
    }

    /// <summary>Whether the application has closed the client, or is closing it.</summary>
    public bool IsEnding => IsClosing || IsLeaving;

    /// <summary>Whether the client is saying goodbye. It reconnects for that if it must.</summary>
    public bool IsLeaving => _leaving.Task.IsCompleted;

    /// <summary>Completes when the client begins to say goodbye.</summary>
    public Task WhenLeaving => _leaving.Task;

    /// <summary>Completes when the client has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>A token that is cancelled when the client is closed.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>Creates the error of an operation during which the client was closed.</summary>
    public static HeliosException Closed(Exception? inner = null) =>
        new(ErrorCodes.ConnectionClosed, "The client was closed while it connected.", null, inner);

    /// <summary>Begins to say goodbye. Returns false when the client has no starling to leave, or is closed.</summary>
    public bool TryLeave()
    {
        lock (_lock)
        {
            if (_closeReason is not null || _state is not (ConnectionState.Connected or ConnectionState.Reconnecting)) return false;
        }
        _leaving.TrySetResult();
        return true;
    }

    /// <summary>Begins to connect. Returns false when the client is closed already.</summary>
    public bool TryBegin()
    {
        lock (_lock) return _hasBegun = _closeReason is null;
    }

    /// <summary>
    /// Takes ownership of an open connection. Returns false, and closes the connection, when the client was closed meanwhile.
    /// </summary>
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

    /// <summary>Records that the owned connection is linked. Returns false when the client was closed meanwhile.</summary>
    public bool TryConnect() => TryMove(ConnectionState.Connected);

    /// <summary>Records that the connection was lost. Returns false when the client was closed meanwhile.</summary>
    public bool TryReconnect() => TryMove(ConnectionState.Reconnecting);

    /// <summary>Ends the ownership of a connection that has ended.</summary>
    public void Disown(ClientConnection connection)
    {
        lock (_lock)
        {
            if (_connection == connection) _connection = null;
        }
    }

    /// <summary>Closes the client with its current connection and any that opens later.</summary>
    /// <param name="code">The close code.</param>
    /// <param name="reason">The close reason. The first caller's reason counts.</param>
    /// <param name="hasBegun">Whether the client ever began to connect. If not, it has ended now.</param>
    /// <returns>A task that completes when the client has ended.</returns>
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

    /// <summary>Closes the client at once by cutting its connection.</summary>
    /// <returns>A task that completes when the client has ended.</returns>
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

    /// <summary>Marks the client as closed for good.</summary>
    /// <returns>The previous state.</returns>
    public ConnectionState Close()
    {
        lock (_lock)
        {
            var before = _state;
            (_state, _closeReason) = (ConnectionState.Closed, _closeReason ?? "");
            return before;
        }
    }

    /// <summary>Completes <see cref="Ended"/>, after the application was told.</summary>
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

using HeliosStarling.Protocol;

namespace HeliosStarling.Testing;

/// <summary>Lets a client reconnect only when the test says so.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class ReconnectGate : IReconnection
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _open = New();
    private TaskCompletionSource? _asked;
    private bool _isTrying;

    /// <inheritdoc/>
    public bool ComesBack { get; set; } = true;

    /// <inheritdoc/>
    public async Task WaitAsync(ConnectionFailure? failure, CancellationToken cancellationToken)
    {
        Task open;
        lock (_lock)
        {
            if (_isTrying) Fail_NeedsLock(failure);
            open = _open.Task;
        }
        await open.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock) _isTrying = true;
    }

    /// <summary>Allows one attempt to reconnect.</summary>
    /// <returns>A task that completes when the client is connected.</returns>
    /// <exception cref="InvalidOperationException">An attempt is in progress.</exception>
    public Task TryAsync()
    {
        lock (_lock)
        {
            if (_asked is not null) throw new InvalidOperationException("The mock is connecting already. Await the first ReconnectAsync.");
            _asked = New();
            _open.TrySetResult();
            return _asked.Task;
        }
    }

    /// <summary>Handles the connection of the client.</summary>
    public void OnConnected()
    {
        lock (_lock)
        {
            _asked?.TrySetResult();
            Close_NeedsLock();
        }
    }

    /// <summary>Handles the end of the client, which will not reconnect.</summary>
    public void OnClosed(ConnectionFailure? failure)
    {
        lock (_lock) Fail_NeedsLock(failure);
    }

    private void Fail_NeedsLock(ConnectionFailure? failure)
    {
        var reason = failure?.Reason ?? "the client was closed";
        _asked?.TrySetException(new HeliosException(ErrorCodes.ConnectionRejected, $"The mock could not connect again: {reason}", failure));
        Close_NeedsLock();
    }

    private void Close_NeedsLock() => (_asked, _isTrying, _open) = (null, false, New());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

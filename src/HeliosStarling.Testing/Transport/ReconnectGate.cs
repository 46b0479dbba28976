using HeliosStarling.Protocol;

namespace HeliosStarling.Testing;

/// <summary>Lets a client come back when the test says so, and not by itself.</summary>
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

    /// <summary>Lets the client try once.</summary>
    /// <returns>Completes when it is connected.</returns>
    /// <exception cref="InvalidOperationException">It is trying already.</exception>
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

    /// <summary>The client is connected.</summary>
    public void OnConnected()
    {
        lock (_lock)
        {
            _asked?.TrySetResult();
            Close_NeedsLock();
        }
    }

    /// <summary>The client has ended, and tries no more.</summary>
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

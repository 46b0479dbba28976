namespace HeliosStarling;

/// <summary>
/// The turn of one streamed answer among all streamed answers to the same peer. A stream that has the turn may get an item from its source,
/// encode it and queue it.
/// </summary>
/// <param name="outbox">The outbox of the peer.</param>
/// <param name="cancellationToken">Cancels a wait.</param>
/// <remarks>Not thread-safe.</remarks>
internal sealed class StreamTurn(Outbox outbox, CancellationToken cancellationToken) : IDisposable
{
    private bool _isTaken;

    /// <summary>
    /// Completes when this stream has the turn and there is room for an item. Completes at once when it already has the turn.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled, and the stream does not have the turn.</exception>
    public ValueTask TakeAsync()
    {
        if (_isTaken) return default;
        if (outbox.TakeTurn() is { } turn) return WaitAsync(turn);
        _isTaken = true;
        return default;
    }

    /// <summary>Passes the turn to the next stream.</summary>
    public void Pass()
    {
        if (!_isTaken) return;
        _isTaken = false;
        outbox.PassTurn();
    }

    public void Dispose() => Pass();

    private async ValueTask WaitAsync(TaskCompletionSource turn)
    {
        try
        {
            await turn.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The stream may have been given the turn in the meantime.
            if (!outbox.TryStopWaiting(turn)) outbox.PassTurn();
            throw;
        }
        _isTaken = true;
    }
}

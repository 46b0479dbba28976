namespace HeliosStarling;

/// <summary>
/// The turn of one streamed answer among all that are sent to the same peer. With the turn, it may take an item from its source, encode it
/// and queue it.
/// </summary>
/// <param name="outbox">Where the items are queued.</param>
/// <param name="cancellationToken">Ends the waiting.</param>
/// <remarks>Not safe to call concurrently.</remarks>
internal sealed class StreamTurn(Outbox outbox, CancellationToken cancellationToken) : IDisposable
{
    private bool _isTaken;

    /// <summary>Completes when it is this stream's turn and there is room for an item; at once when it has the turn already.</summary>
    /// <exception cref="OperationCanceledException">The stream waits no more, and has no turn.</exception>
    public ValueTask TakeAsync()
    {
        if (_isTaken) return default;
        if (outbox.TakeTurn() is { } turn) return WaitAsync(turn);
        _isTaken = true;
        return default;
    }

    /// <summary>Lets the next stream have its turn.</summary>
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
            // It may have been given the turn at the same moment.
            if (!outbox.TryLeaveTurns(turn)) outbox.PassTurn();
            throw;
        }
        _isTaken = true;
    }
}

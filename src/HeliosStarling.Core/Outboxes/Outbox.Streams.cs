namespace HeliosStarling;

/// <content>
/// Parts of streamed answers. They are never dropped, so each waits before it is encoded: for room, and for the other streams of the same peer, which
/// take turns. They get half of the outbox: the other half is for messages that cannot wait.
/// </content>
internal sealed partial class Outbox
{
    private LinkedList<TaskCompletionSource>? _turns;
    private bool _isTurnTaken;

    /// <summary>
    /// Completes when it is the caller's turn to queue one item, and there is room for it. The turn ends with <see cref="PassTurn"/>. When the
    /// outbox is closed it is everybody's turn.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller does not wait any more, and has no turn.</exception>
    public ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_frames)
        {
            if (_turns is not { Count: > 0 } && IsTurnFree_NeedsLock)
            {
                _isTurnTaken = true;
                return default;
            }
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (_turns ??= new LinkedList<TaskCompletionSource>()).AddLast(turn);
        }
        return WaitForTurnAsync(turn, cancellationToken);
    }

    /// <summary>Ends the caller's turn.</summary>
    public void PassTurn()
    {
        lock (_frames)
        {
            _isTurnTaken = false;
            GiveTurn_NeedsLock();
        }
    }

    /// <summary>Queues an item whose sender has the turn, and takes over one reference. It is refused when the other peers have left no memory for it.</summary>
    public Enqueued EnqueueItem(Frame item)
    {
        lock (_frames)
        {
            if (_closed || !IsTooLarge_NeedsLock(item)) return Enqueue_NeedsLock(item, excess: 1);
        }
        item.Release();
        return new Enqueued(EnqueueResult.Dropped);
    }

    private bool IsTurnFree_NeedsLock => _closed || (!_isTurnTaken && HasRoomForItem_NeedsLock);

    private bool HasRoomForItem_NeedsLock =>
        !IsFull_NeedsLock(excess: 1)
        && (_frames.StreamCount == 0
            || (_frames.StreamCount * 2L < limits.Messages && _frames.StreamBytes * 2 < limits.Bytes && _frames.StreamCost * 2 < memory.LimitOfLeaving));

    private void GiveTurn_NeedsLock()
    {
        while (_turns is { Count: > 0 } && IsTurnFree_NeedsLock)
        {
            _isTurnTaken = true;
            // Its continuation runs elsewhere.
            _turns.First!.Value.SetResult();
            _turns.RemoveFirst();
        }
    }

    private async ValueTask WaitForTurnAsync(TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        try
        {
            await turn.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It may have been given the turn at the same moment.
            if (!TryLeaveTurns(turn)) PassTurn();
            throw;
        }
    }

    private bool TryLeaveTurns(TaskCompletionSource turn)
    {
        lock (_frames) return _turns!.Remove(turn);
    }
}

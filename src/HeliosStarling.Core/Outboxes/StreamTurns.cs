namespace HeliosStarling;

/// <summary>
/// The turns of the streamed answers to one peer. Their items are never dropped. So before an item is encoded, its stream waits for room in
/// the outbox and for the other streams.
/// </summary>
/// <remarks>Not thread-safe; guarded by the lock of the outbox.</remarks>
internal sealed class StreamTurns
{
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private bool _isTaken;

    /// <summary>Indicates whether no stream has the turn.</summary>
    public bool IsFree => !_isTaken;

    /// <summary>Indicates whether a stream waits for the turn.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Takes the turn, or waits after the other streams.</summary>
    /// <param name="isFree">Whether no stream has the turn and there is room for an item.</param>
    /// <returns>Null when the caller has the turn; otherwise a source that completes when it gets the turn.</returns>
    public TaskCompletionSource? Take(bool isFree)
    {
        if (isFree && _waiting.Count == 0)
        {
            _isTaken = true;
            return null;
        }
        return _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Value;
    }

    /// <summary>Gives the turn to the next waiting stream. There must be one.</summary>
    public void Give()
    {
        _isTaken = true;
        // The continuation does not run on this thread.
        _waiting.First!.Value.SetResult();
        _waiting.RemoveFirst();
    }

    /// <summary>Ends the turn.</summary>
    public void End() => _isTaken = false;

    /// <summary>Stops waiting. Returns false when the turn was given in the meantime.</summary>
    public bool TryStopWaiting(TaskCompletionSource turn) => _waiting.Remove(turn);
}

namespace HeliosStarling;

/// <summary>
/// Whose turn it is among the streamed answers of one peer. Their items are never dropped, so each waits before it is encoded: for room in
/// the outbox, and for the other streams.
/// </summary>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal sealed class StreamTurns
{
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private bool _isTaken;

    /// <summary>Whether nobody has the turn.</summary>
    public bool IsFree => !_isTaken;

    /// <summary>Whether somebody waits for the turn.</summary>
    public bool IsWaitedFor => _waiting.Count > 0;

    /// <summary>Takes the turn, or waits behind the others.</summary>
    /// <param name="isFree">Whether nobody has the turn and there is room for an item.</param>
    /// <returns>Null when the caller has the turn; else what completes when it has.</returns>
    public TaskCompletionSource? Take(bool isFree)
    {
        if (isFree && _waiting.Count == 0)
        {
            _isTaken = true;
            return null;
        }
        return _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Value;
    }

    /// <summary>Gives the turn to the next one, which must be there.</summary>
    public void Give()
    {
        _isTaken = true;
        // Its continuation runs elsewhere.
        _waiting.First!.Value.SetResult();
        _waiting.RemoveFirst();
    }

    /// <summary>The turn is over.</summary>
    public void End() => _isTaken = false;

    /// <summary>Waits no more; false when the turn was given at the same moment.</summary>
    public bool TryLeave(TaskCompletionSource turn) => _waiting.Remove(turn);
}

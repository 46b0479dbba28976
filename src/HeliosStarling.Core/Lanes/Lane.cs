namespace HeliosStarling;

/// <summary>
/// Lets at most so many handlers run at a time. The other requests wait, those of one peer in order, the peers in turn. How many places a
/// peer gets depends on how many are free, so that some are left for who has none while many others hold theirs for ever.
/// </summary>
/// <param name="places">How many handlers run at a time.</param>
/// <param name="queue">How many requests wait.</param>
/// <param name="run">Runs a request that has waited; must not run it on the calling thread.</param>
/// <remarks>Safe to call concurrently. Who finds a place at once takes no lock.</remarks>
internal sealed class Lane(int places, int queue, Action<LaneItem> run)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<PeerQuota> _turns = [];
    private int _running;
    private int _waiting;

    /// <summary>How many handlers run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>How many requests wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Whether a request of this peer may start now. It takes a place only when its handler does not end at once.</summary>
    /// <remarks>
    /// A reader asks before its handler runs, and the place is taken only when the handler begins to wait. Readers that ask in between see
    /// the same free place. So for a moment more handlers may run than there are places, at most one more for each reading thread. To
    /// reserve the place would cost every request a write to shared memory.
    /// </remarks>
    public bool HasPlaceFor(PeerQuota? quota) =>
        quota is null ? places > Running : !quota.IsWaiting && quota.Running < Portion(places - Running, places);

    /// <summary>Takes a place for a handler that has started.</summary>
    public void Enter(PeerQuota quota)
    {
        Interlocked.Increment(ref _running);
        quota.Enter();
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(PeerQuota quota)
    {
        quota.Leave();
        Interlocked.Decrement(ref _running);
        if (Volatile.Read(ref _waiting) > 0) RunWaiting();
    }

    /// <summary>Lets a request wait for its turn, which may be at once; false when there is no room.</summary>
    public bool TryWait(LaneItem item, PeerQuota quota)
    {
        bool hasPlace;
        lock (_lock)
        {
            // Not through the queue, which may be full, or have no room at all.
            hasPlace = HasPlaceFor(quota);
            if (hasPlace) Enter(quota);
            else if (!TryQueue_NeedsLock(item, quota)) return false;
        }
        // Looked up after it waits: a thread that gives a place back meanwhile sees it, or is seen here.
        if (hasPlace) run(item);
        else RunWaiting();
        return true;
    }

    /// <summary>Takes a request out that nobody waits for any more; false when its turn has come.</summary>
    public bool TryLeaveQueue(LaneItem item, PeerQuota quota)
    {
        lock (_lock)
        {
            if (item.Node.List is null) return false;
            Remove_NeedsLock(item.Node, quota);
            return true;
        }
    }

    private bool TryQueue_NeedsLock(LaneItem item, PeerQuota quota)
    {
        if (quota.Waiting.Count >= Portion(queue - _waiting, queue)) return false;
        quota.Waiting.AddLast(item.Node);
        if (quota.Waiting.Count == 1) _turns.AddLast(quota.Turn);
        Interlocked.Increment(ref _waiting);
        return true;
    }

    private void RunWaiting()
    {
        while (TakeNext() is { } item) run(item);
    }

    private LaneItem? TakeNext()
    {
        lock (_lock)
        {
            var portion = Portion(places - Running, places);
            // Who has a place and waits for another is passed over: as many as there are places, at most.
            if (portion == 0) return null;
            for (var turn = _turns.First; turn is not null; turn = turn.Next)
            {
                var quota = turn.Value;
                if (quota.Running >= portion) continue;
                var next = quota.Waiting.First!;
                Remove_NeedsLock(next, quota);
                if (quota.IsWaiting)
                {
                    _turns.Remove(turn);
                    _turns.AddLast(turn);
                }
                Enter(quota);
                return next.Value;
            }
            return null;
        }
    }

    private void Remove_NeedsLock(LinkedListNode<LaneItem> waiting, PeerQuota quota)
    {
        quota.Waiting.Remove(waiting);
        if (quota.Waiting.Count == 0) _turns.Remove(quota.Turn);
        Interlocked.Decrement(ref _waiting);
    }

    /// <summary>
    /// How much of what there is one peer may have. The first half goes to who asks, a quarter of all at most for one; of the rest each
    /// gets little: 32 who take all they get leave a third of it, a hundred a twentieth.
    /// </summary>
    private static int Portion(int free, int all) => free <= 0 ? 0 : Math.Max(Math.Max(1, free / 32), free - (all / 2));
}

namespace HeliosStarling;

/// <summary>
/// Limits the number of handlers that run at a time. Other requests wait: those of one peer in order, and the peers take turns. The fewer
/// places are free, the fewer a peer may take. So a peer without a place still finds one, even when other peers never give theirs back.
/// </summary>
/// <param name="places">The maximum number of handlers that run at a time.</param>
/// <param name="queue">The maximum number of requests that wait.</param>
/// <param name="run">Starts a request that has waited. Must not run it on the calling thread.</param>
/// <remarks>Safe to call concurrently. A request that finds a free place at once takes no lock.</remarks>
internal sealed class Lane(int places, int queue, Action<LaneItem> run)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<PeerQuota> _turns = [];
    private int _running;
    private int _waiting;

    /// <summary>The number of handlers that run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The number of requests that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Determines whether a request of this peer may start now. It takes a place only when its handler does not end at once.
    /// </summary>
    /// <remarks>
    /// A reader calls this before it runs the handler, and the handler takes a place only when it begins to wait. Other readers may see the
    /// same free place in between. So there can be more handlers than places for a moment, at most one more for each reading thread.
    /// Reserving the place would cost a write to shared memory for every request.
    /// </remarks>
    public bool HasPlaceFor(PeerQuota? quota) =>
        quota is null ? places > Running : !quota.IsWaiting && quota.Running < Portion(places - Running, places);

    /// <summary>Takes a place for a handler that has started.</summary>
    public void Enter(PeerQuota quota)
    {
        Interlocked.Increment(ref _running);
        quota.Enter();
    }

    /// <summary>Releases a place.</summary>
    public void Leave(PeerQuota quota)
    {
        quota.Leave();
        Interlocked.Decrement(ref _running);
        if (Volatile.Read(ref _waiting) > 0) RunWaiting();
    }

    /// <summary>Queues a request until its turn, which may come at once. Returns false when the queue has no room.</summary>
    public bool TryWait(LaneItem item, PeerQuota quota)
    {
        bool hasPlace;
        lock (_lock)
        {
            // This bypasses the queue, which may be full or have a length of 0.
            hasPlace = HasPlaceFor(quota);
            if (hasPlace) Enter(quota);
            else if (!TryQueue_NeedsLock(item, quota)) return false;
        }
        // This check comes after the request was queued. A thread that releases a place at the same time either sees the request, or its
        // place is seen here.
        if (hasPlace) run(item);
        else RunWaiting();
        return true;
    }

    /// <summary>Removes a request that is no longer needed from the queue. Returns false when its turn has come.</summary>
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
            // This skips peers that have as many places as they may take now. There are at most as many of them as places.
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
    /// Returns the number of places, or of waiting requests, that one peer may have. While more than half are free, a peer gets the free
    /// ones beyond that half, so one peer alone gets at most a quarter of all. Below that, it gets a 32nd of the free ones, but at least 1:
    /// 32 peers that take all they get leave a third free, a hundred a twentieth.
    /// </summary>
    private static int Portion(int free, int all) => free <= 0 ? 0 : Math.Max(Math.Max(1, free / 32), free - (all / 2));
}

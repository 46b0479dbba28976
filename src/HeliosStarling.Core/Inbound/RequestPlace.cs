namespace HeliosStarling;

/// <summary>
/// The place of a request in its lane. A handler that ends before the reader moves on needs no place. Any other handler takes a place when
/// the reader moves on, or waits for a place before it starts.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class RequestPlace(RequestRun run, string name, Lane lane, PeerQuota quota) : LaneItem
{
    private const int None = 0;
    private const int Taken = 1;
    private const int Released = 2;

    private int _state;

    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>Takes a place for a handler that has started, unless it already has one or has released it.</summary>
    public void Take()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, None) == None) lane.Enter(quota);
    }

    /// <summary>Releases the place. A handler that continues does not take another one.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _state, Released) == Taken) lane.Leave(quota);
    }

    /// <summary>Waits for a turn, which may come at once. Returns false when the queue has no room.</summary>
    public bool TryWait() => lane.TryWait(this, quota);

    /// <summary>Stops waiting. Returns false when its turn has come or it does not wait.</summary>
    public bool TryLeaveQueue() => lane.TryLeaveQueue(this, quota);

    /// <inheritdoc/>
    public override void Execute()
    {
        // A full fence. A thread that abandons the request at this moment sees the place, or the run sees that the request was abandoned.
        Interlocked.Exchange(ref _state, Taken);
        run.StartInPlace();
    }

    /// <inheritdoc/>
    public override void FailToStart()
    {
        Interlocked.Exchange(ref _state, Taken);
        run.FailToStart();
    }
}

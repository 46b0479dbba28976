namespace HeliosStarling;

/// <summary>
/// A request's place in its lane. A handler that ends before the reader moves on needs none. Any other one takes its place when the reader
/// moves on, or waits for it before it starts.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class RequestPlace(RequestRun run, string name, Lane lane, PeerQuota quota) : LaneItem
{
    private const int None = 0;
    private const int Taken = 1;
    private const int GivenBack = 2;

    private int _state;

    /// <inheritdoc/>
    public override string Name => name;

    /// <summary>Takes a place for a handler that has started, unless it has one or has given it back.</summary>
    public void Take()
    {
        if (Interlocked.CompareExchange(ref _state, Taken, None) == None) lane.Enter(quota);
    }

    /// <summary>Gives the place back. A handler that goes on needs no other one.</summary>
    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _state, GivenBack) == Taken) lane.Leave(quota);
    }

    /// <summary>Waits for a turn, which may come at once; false when there is no room to wait.</summary>
    public bool TryWait() => lane.TryWait(this, quota);

    /// <summary>Waits no more; false when its turn has come, or it does not wait.</summary>
    public bool TryLeaveQueue() => lane.TryLeaveQueue(this, quota);

    /// <inheritdoc/>
    public override void Execute()
    {
        // A full fence: a thread that abandons the request at this moment sees the place, or is seen by the run.
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

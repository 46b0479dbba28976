namespace HeliosStarling;

/// <summary>The places and the waiting requests of one peer in a lane.</summary>
internal sealed class PeerQuota
{
    private int _running;

    public PeerQuota() => Turn = new LinkedListNode<PeerQuota>(this);

    /// <summary>The number of places that the peer has.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>The waiting requests of the peer, in the order of their arrival. Guarded by the lane's lock.</summary>
    public LinkedList<LaneItem> Waiting { get; } = [];

    /// <summary>The position in the queue of peers. Guarded by the lane's lock.</summary>
    public LinkedListNode<PeerQuota> Turn { get; }

    /// <summary>Indicates whether a request waits. This is a hint that is read without the lock.</summary>
    public bool IsWaiting => Waiting.Count > 0;

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);
}

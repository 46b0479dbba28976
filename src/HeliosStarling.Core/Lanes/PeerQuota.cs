namespace HeliosStarling;

/// <summary>What one peer has of a lane: the places that its handlers take, and its requests that wait.</summary>
internal sealed class PeerQuota
{
    private int _running;

    public PeerQuota() => Turn = new LinkedListNode<PeerQuota>(this);

    /// <summary>How many of its handlers run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Its requests that wait, in the order in which they came. Belongs to the lane's lock.</summary>
    public LinkedList<LaneItem> Waiting { get; } = [];

    /// <summary>Its place among the peers that wait. Belongs to the lane's lock.</summary>
    public LinkedListNode<PeerQuota> Turn { get; }

    /// <summary>Whether something waits; a hint, read without the lock.</summary>
    public bool IsWaiting => Waiting.Count > 0;

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);
}

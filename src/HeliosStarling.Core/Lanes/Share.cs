namespace HeliosStarling;

/// <summary>What one peer has of a lane.</summary>
internal sealed class Share
{
    private int _running;

    public Share() => Turn = new LinkedListNode<Share>(this);

    /// <summary>How many of its handlers run.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Its requests that wait, in the order in which they came. Belongs to the lane's lock.</summary>
    public LinkedList<LaneItem> Waiting { get; } = [];

    /// <summary>Its place among the peers that wait. Belongs to the lane's lock.</summary>
    public LinkedListNode<Share> Turn { get; }

    /// <summary>Whether something waits; a hint, read without the lock.</summary>
    public bool IsWaiting => Waiting.Count > 0;

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave() => Interlocked.Decrement(ref _running);
}

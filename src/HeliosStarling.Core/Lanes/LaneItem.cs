namespace HeliosStarling;

/// <summary>A work item that may have to wait in a <see cref="Lane"/> before it runs.</summary>
internal abstract class LaneItem : IThreadPoolWorkItem
{
    protected LaneItem() => Node = new LinkedListNode<LaneItem>(this);

    /// <summary>The position in the queue of the peer. Guarded by the lane's lock.</summary>
    public LinkedListNode<LaneItem> Node { get; }

    /// <summary>The name of the work, which is used for a thread.</summary>
    public abstract string Name { get; }

    /// <summary>Runs the item. It has a place in the lane.</summary>
    public abstract void Execute();

    /// <summary>Called instead of <see cref="Execute"/> when the item has a place but the system cannot start a thread for it.</summary>
    public abstract void FailToStart();
}

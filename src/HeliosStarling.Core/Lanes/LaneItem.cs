namespace HeliosStarling;

/// <summary>Work that may have to wait in a <see cref="Lane"/> before it runs.</summary>
internal abstract class LaneItem : IThreadPoolWorkItem
{
    protected LaneItem() => Node = new LinkedListNode<LaneItem>(this);

    /// <summary>Its position in the queue of its peer. Belongs to the lane's lock.</summary>
    public LinkedListNode<LaneItem> Node { get; }

    /// <summary>What runs, for the name of a thread.</summary>
    public abstract string Name { get; }

    /// <summary>Runs. The lane has given it a place.</summary>
    public abstract void Execute();

    /// <summary>The lane has given it a place, but the system has no thread for it.</summary>
    public abstract void FailToStart();
}

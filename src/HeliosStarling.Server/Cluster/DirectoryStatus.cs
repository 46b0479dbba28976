namespace HeliosStarling;

/// <summary>The status of a directory call.</summary>
internal enum DirectoryStatus
{
    /// <summary>The change was made, now or by an earlier identical call.</summary>
    Done,

    /// <summary>The caller does not own the starling any more. It must end the starling and write nothing more for it.</summary>
    Lost,

    /// <summary>The application has closed the starling for good.</summary>
    Closed,

    /// <summary>The fence is not the expected one, because another node has changed it. The caller must read the record again.</summary>
    Moved,

    /// <summary>The starling is owned by another node that is alive.</summary>
    OwnerAlive,

    /// <summary>The lease of the calling node is gone. The node must take a new one first.</summary>
    NodeGone,

    /// <summary>The store has no room. Nothing was changed.</summary>
    Full,
}

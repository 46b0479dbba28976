namespace HeliosStarling;

/// <summary>How the directory answered.</summary>
internal enum DirectoryStatus
{
    /// <summary>It is done, or it was done before and this is a repetition.</summary>
    Done,

    /// <summary>The caller does not own the starling any more. It ends it and writes nothing more for it.</summary>
    Lost,

    /// <summary>The application closed the starling for good.</summary>
    Closed,

    /// <summary>The fence is not the expected one: somebody else was faster. The caller reads the record again.</summary>
    Moved,

    /// <summary>A node that is alive owns the starling.</summary>
    OwnerAlive,

    /// <summary>The lease of the asking node is gone. It takes a new one first.</summary>
    NodeGone,

    /// <summary>The store has no room for it. Nothing is changed.</summary>
    Full,
}

namespace HeliosStarling;

/// <summary>The in-memory record of a starling.</summary>
internal sealed class DirectoryEntry(string? subject)
{
    // The memory of a record, and of one of its groups, in the tables.
    private const int Overhead = 320;
    private const int GroupOverhead = 128;

    private readonly Dictionary<string, LogPosition?> _groups = new(StringComparer.Ordinal);

    public NodeId? Owner { get; private set; }

    public long Fence { get; private set; }

    /// <summary>
    /// The previous fence of the owner, which it held when it got the current one; 0 after a claim. A hold whose answer was lost is
    /// repeated with that fence.
    /// </summary>
    public long HeldFrom { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>The approximate memory of a new record, in bytes.</summary>
    public static long SizeOf(string starling, string? subject) =>
        Overhead + (sizeof(char) * (long)(starling.Length + (subject?.Length ?? 0)));

    /// <summary>The approximate memory of a group, in bytes.</summary>
    public static long SizeOfGroup(string group, LogPosition? floor) =>
        GroupOverhead + (sizeof(char) * (long)(group.Length + (floor?.Epoch.Length ?? 0)));

    /// <summary>The approximate memory of its groups, in bytes.</summary>
    public long GroupBytes => _groups.Sum(static group => SizeOfGroup(group.Key, group.Value));

    public string? Subject => subject;

    /// <summary>Whether the starling has an owner with this fence. A closed starling has none.</summary>
    public bool IsCurrent(long fence) => Owner is not null && Fence == fence;

    /// <summary>Whether this node's process owns the starling, and the fence is the current or the previous one.</summary>
    public bool IsHeldBy(NodeId node, long fence) => node.IsOfSameProcess(Owner) && (fence == Fence || fence == HeldFrom);

    public void Own(NodeId node, long heldFrom, DateTimeOffset now) =>
        (Owner, Fence, HeldFrom) = (node, Math.Max(Fence + 1, now.ToUnixTimeMilliseconds()), heldFrom);

    public void Release() => Owner = null;

    public void Close() => (Owner, IsClosed) = (null, true);

    public bool TryGetGroup(string group, out LogPosition? floor) => _groups.TryGetValue(group, out floor);

    public void Join(string group, LogPosition? floor) => _groups.Add(group, floor);

    public void Leave(string group) => _groups.Remove(group);

    public StarlingRecord ToRecord() =>
        new(Owner, Fence, IsClosed, subject, new Dictionary<string, LogPosition?>(_groups, StringComparer.Ordinal));
}

namespace HeliosStarling;

/// <summary>The record of a starling in memory.</summary>
internal sealed class DirectoryEntry(string? subject)
{
    // What the tables take for a record, and for a group of it.
    private const int Overhead = 320;
    private const int GroupOverhead = 128;

    private readonly Dictionary<string, LogPosition?> _groups = new(StringComparer.Ordinal);

    public NodeId? Owner { get; private set; }

    public long Fence { get; private set; }

    /// <summary>
    /// The fence that the owner held when it got this one; 0 when it claimed. A hold whose answer was lost comes again with it.
    /// </summary>
    public long HeldFrom { get; private set; }

    public bool IsClosed { get; private set; }

    /// <summary>About how many bytes a new record takes.</summary>
    public static long SizeOf(string starling, string? subject) =>
        Overhead + (sizeof(char) * (long)(starling.Length + (subject?.Length ?? 0)));

    /// <summary>About how many bytes a group takes.</summary>
    public static long SizeOfGroup(string group, LogPosition? floor) =>
        GroupOverhead + (sizeof(char) * (long)(group.Length + (floor?.Epoch.Length ?? 0)));

    /// <summary>About how many bytes its groups take.</summary>
    public long GroupBytes => _groups.Sum(static group => SizeOfGroup(group.Key, group.Value));

    public string? Subject => subject;

    /// <summary>Whether somebody owns the starling under this fence. Nobody owns a closed one.</summary>
    public bool IsCurrent(long fence) => Owner is not null && Fence == fence;

    /// <summary>Whether a fence is the current one, or the one that the current one replaced.</summary>
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

namespace HeliosStarling;

/// <summary>The records of all starlings.</summary>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class DirectoryTable
{
    private readonly LeaseTable _leases;
    private readonly long _maxBytes;
    private readonly ExpiringTable<DirectoryEntry> _entries;

    public DirectoryTable(LeaseTable leases, long maxBytes)
    {
        (_leases, _maxBytes) = (leases, maxBytes);
        _entries = new((starling, entry) => Bytes -= DirectoryEntry.SizeOf(starling, entry.Subject) + entry.GroupBytes);
    }

    /// <summary>The approximate memory of the records, in bytes.</summary>
    public long Bytes { get; private set; }

    public StarlingRecord? Read(string starling, DateTimeOffset now) => Find(starling, now)?.ToRecord();

    public OwnershipResult Claim(StarlingClaim claim, DateTimeOffset now)
    {
        var entry = Find(claim.Starling, now);
        OwnershipResult Answer(DirectoryStatus status) => new(status, claim.Node, entry?.ToRecord());
        if (_leases.Renew(claim.Node, now) is null) return Answer(DirectoryStatus.NodeGone);
        if (entry is { IsClosed: true }) return Answer(DirectoryStatus.Closed);
        if ((entry?.Fence ?? 0) != claim.Expected) return Answer(DirectoryStatus.Moved);
        if (IsOfAnother(entry, claim.Node)) return Answer(DirectoryStatus.OwnerAlive);
        entry ??= TryAdd(claim.Starling, claim.Subject, now);
        if (entry is null) return Answer(DirectoryStatus.Full);
        entry.Own(claim.Node, heldFrom: 0, now);
        _entries.Prolong(claim.Starling, now + claim.KeepFor);
        return Answer(DirectoryStatus.Done);
    }

    public OwnershipResult Hold(StarlingHold hold, DateTimeOffset now)
    {
        var entry = Find(hold.Starling, now);
        OwnershipResult Answer(DirectoryStatus status) => new(status, hold.Node, entry?.ToRecord());
        if (_leases.Renew(hold.Node, now) is null) return Answer(DirectoryStatus.NodeGone);
        if (entry is { IsClosed: true }) return Answer(DirectoryStatus.Closed);
        if (entry is not null && hold.Fence != StarlingHold.LocalFence && !entry.IsHeldBy(hold.Node, hold.Fence))
            return Answer(DirectoryStatus.Lost);
        if (IsOfAnother(entry, hold.Node)) return Answer(DirectoryStatus.OwnerAlive);
        entry ??= TryAdd(hold.Starling, hold.Subject, now);
        if (entry is null) return Answer(DirectoryStatus.Full);
        if (entry.Owner != hold.Node || hold.Fence == StarlingHold.LocalFence) entry.Own(hold.Node, hold.Fence, now);
        _entries.Prolong(hold.Starling, now + hold.KeepFor);
        return Answer(DirectoryStatus.Done);
    }

    public JoinResult Join(string starling, long fence, string group, LogPosition? floor, DateTimeOffset now)
    {
        var (entry, status) = FindCurrent(starling, fence, now);
        if (entry is null) return new JoinResult(status, null);
        if (entry.TryGetGroup(group, out var earlier)) return new JoinResult(DirectoryStatus.Done, earlier);
        var size = DirectoryEntry.SizeOfGroup(group, floor);
        if (Bytes + size > _maxBytes) return new JoinResult(DirectoryStatus.Full, null);
        entry.Join(group, floor);
        Bytes += size;
        return new JoinResult(DirectoryStatus.Done, floor);
    }

    public DirectoryStatus Leave(string starling, long fence, string group, DateTimeOffset now)
    {
        var (entry, status) = FindCurrent(starling, fence, now);
        if (entry is null || !entry.TryGetGroup(group, out var floor)) return status;
        entry.Leave(group);
        Bytes -= DirectoryEntry.SizeOfGroup(group, floor);
        return status;
    }

    public DirectoryStatus Prolong(string starling, long fence, TimeSpan keepFor, DateTimeOffset now)
    {
        var (entry, status) = FindCurrent(starling, fence, now);
        if (entry is not null) _entries.Prolong(starling, now + keepFor);
        return status;
    }

    public DirectoryStatus Close(string starling, long fence, TimeSpan keepFor, DateTimeOffset now)
    {
        if (Find(starling, now) is not { } entry) return DirectoryStatus.Lost;
        if (entry.Fence != fence || (entry.Owner is null && !entry.IsClosed))
            return entry.IsClosed ? DirectoryStatus.Closed : DirectoryStatus.Lost;
        entry.Close();
        _entries.Prolong(starling, now + keepFor);
        return DirectoryStatus.Done;
    }

    public DirectoryStatus Release(string starling, long fence, DateTimeOffset now)
    {
        if (Find(starling, now) is not { } entry) return DirectoryStatus.Lost;
        if (entry.IsClosed) return DirectoryStatus.Closed;
        if (entry.Fence != fence) return DirectoryStatus.Lost;
        entry.Release();
        return DirectoryStatus.Done;
    }

    private (DirectoryEntry? Entry, DirectoryStatus Status) FindCurrent(string starling, long fence, DateTimeOffset now)
    {
        var entry = Find(starling, now);
        if (entry is { IsClosed: true }) return (null, DirectoryStatus.Closed);
        return entry?.IsCurrent(fence) == true ? (entry, DirectoryStatus.Done) : (null, DirectoryStatus.Lost);
    }

    private bool IsOfAnother(DirectoryEntry? entry, NodeId node) =>
        entry?.Owner is { } owner && !node.IsOfSameProcess(owner) && _leases.Find(owner) is not null;

    private DirectoryEntry? Find(string starling, DateTimeOffset now)
    {
        _entries.RemoveExpired(now);
        return _entries.TryGet(starling, out var entry) ? entry : null;
    }

    // The new record expires at once unless the caller prolongs it.
    private DirectoryEntry? TryAdd(string starling, string? subject, DateTimeOffset now)
    {
        var size = DirectoryEntry.SizeOf(starling, subject);
        if (Bytes + size > _maxBytes) return null;
        var entry = new DirectoryEntry(subject);
        _entries.Set(starling, entry, now);
        Bytes += size;
        return entry;
    }
}

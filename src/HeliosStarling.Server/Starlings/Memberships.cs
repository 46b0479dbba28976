namespace HeliosStarling;

/// <summary>The groups of a starling.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class Memberships(Starling starling)
{
    private HashSet<string>? _groups;
    private long _bytes;
    private bool _hasEnded;

    /// <summary>The names of the groups.</summary>
    public IReadOnlyCollection<string> Names
    {
        get { lock (this) return _groups is null ? [] : [.. _groups]; }
    }

    private PeerMemory Memory => starling.Session.Outbox.Memory;

    private Starlings Starlings => starling.Node.Starlings;

    /// <summary>Joins a group.</summary>
    /// <returns>False when the starling is in the group already, or is gone for good.</returns>
    /// <exception cref="HeliosException">The starling is in the maximum number of groups, or there is no memory for the name:
    /// <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    public bool TryJoin(string group)
    {
        var size = KeptNames.SizeOf(group);
        var limit = starling.Node.Options.MaxGroupsPerStarling;
        lock (this)
        {
            if (_hasEnded || (_groups ??= new HashSet<string>(StringComparer.Ordinal)).Contains(group)) return false;
            if (_groups.Count >= limit) throw Quotas.Exceeded("groups", limit);
            if (!Memory.TryKeep(size)) throw Quotas.NoMemory("groups");
            _bytes += size;
            _groups.Add(group);
            Starlings.Join(group, starling);
            return true;
        }
    }

    /// <summary>Leaves a group. Returns false when the starling was not in it.</summary>
    public bool TryLeave(string group)
    {
        lock (this)
        {
            if (_groups is null || !_groups.Remove(group)) return false;
            Memory.Keep(-KeptNames.SizeOf(group));
            _bytes -= KeptNames.SizeOf(group);
            Starlings.Leave(group, starling);
            return true;
        }
    }

    /// <summary>Leaves all groups and refuses to join further ones.</summary>
    public void End()
    {
        lock (this)
        {
            _hasEnded = true;
            foreach (var group in _groups ?? []) Starlings.Leave(group, starling);
            Memory.Keep(-_bytes);
            (_groups, _bytes) = (null, 0);
        }
    }
}

namespace HeliosStarling;

/// <content>The groups it is in.</content>
public sealed partial class Starling
{
    private HashSet<string>? _groups;
    private long _groupBytes;

    /// <summary>The groups it is in.</summary>
    public IReadOnlyCollection<string> Groups
    {
        get { lock (_lock) return _groups is null ? [] : [.. _groups]; }
    }

    /// <summary>Joins a group.</summary>
    /// <param name="group">The group's name: 1 to 256 bytes as UTF-8, without control characters.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes; it may be in the group all the same. A server that stands alone does not wait. Default none.</param>
    /// <returns>Completes when broadcasts to the group reach it: at once on a server that stands alone. False when it was in the group already, or is gone for good.</returns>
    /// <exception cref="HeliosException">The name is malformed or too long: <c>VALIDATION_ERROR</c>. It is in as many groups as <see cref="HeliosOptions.MaxGroupsPerStarling"/> allows, or their names need more
    /// memory than is left of <see cref="HeliosOptions.MaxBufferedBytes"/>: <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> JoinAsync(string group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        KeptNames.ThrowIfMalformed(group, nameof(group));
        return new ValueTask<bool>(TryJoin(group));
    }

    /// <summary>Leaves a group.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes; it has left the group all the same. A server that stands alone does not wait. Default none.</param>
    /// <returns>Completes when all nodes know it: at once on a server that stands alone. False when it was not in the group.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> LeaveAsync(string group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(group);
        return new ValueTask<bool>(TryLeave(group));
    }

    private bool TryJoin(string group)
    {
        var size = KeptNames.SizeOf(group);
        lock (_lock)
        {
            if (_isGone || (_groups ??= new HashSet<string>(StringComparer.Ordinal)).Contains(group)) return false;
            if (_groups.Count >= Helios.Options.MaxGroupsPerStarling) throw Quotas.Exceeded("groups", Helios.Options.MaxGroupsPerStarling);
            if (!Session.Outbox.Memory.TryKeep(size)) throw Quotas.NoMemory("groups");
            _groupBytes += size;
            _groups.Add(group);
            Helios.Starlings.Join(group, this);
            return true;
        }
    }

    private bool TryLeave(string group)
    {
        lock (_lock)
        {
            if (_groups is null || !_groups.Remove(group)) return false;
            Session.Outbox.Memory.Keep(-KeptNames.SizeOf(group));
            _groupBytes -= KeptNames.SizeOf(group);
            Helios.Starlings.Leave(group, this);
            return true;
        }
    }

    /// <summary>It is gone: it leaves all groups, and joins none any more.</summary>
    private void LeaveGroups()
    {
        lock (_lock)
        {
            Volatile.Write(ref _isGone, true);
            foreach (var group in _groups ?? []) Helios.Starlings.Leave(group, this);
            Session.Outbox.Memory.Keep(-_groupBytes);
            (_groups, _groupBytes) = (null, 0);
        }
    }
}

namespace HeliosStarling;

/// <summary>The logs of all groups. When the memory is used up, the largest log loses its oldest message.</summary>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class LogTable
{
    private readonly long _maxBytes;
    private readonly ExpiringTable<GroupLogEntry> _logs;
    private readonly SortedSet<(long Bytes, string Group)> _bySize = new(Comparer<(long Bytes, string Group)>.Create(Compare));
    private object _replica = new();

    public LogTable(long maxBytes)
    {
        _maxBytes = maxBytes;
        _logs = new((_, log) => Uncount(log));
    }

    /// <summary>The approximate memory of the logs, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Appends a message.</summary>
    /// <returns>The result, and the message to publish; null when there is none.</returns>
    public (AppendResult Result, GroupLogMessage? Published) Append(GroupAppend append, DateTimeOffset now)
    {
        var log = Open(append.Group, append.Retention, now);
        if (log.FindRepeated(append.Key) is { } repeated) return (repeated, null);
        if (!TryMakeRoom(log, GroupLogEntry.SizeOf(append))) return (new AppendResult(AppendStatus.Full, null), null);
        var message = Change(log, () => log.Append(append, now));
        _logs.Prolong(append.Group, now + GroupLogEntry.TimeToLive(append.Retention));
        return (new AppendResult(AppendStatus.Appended, new LogPosition(message.Epoch, message.Offset)), message);
    }

    public GroupLogSlice Read(GroupLogQuery query, DateTimeOffset now) => Open(query.Group, query.Retention, now).Read(query);

    public void FailOver(int lost)
    {
        _replica = new object();
        foreach (var (_, group) in _bySize.ToArray())
        {
            if (_logs.TryGet(group, out var log)) Change(log, () => log.LoseNewest(lost));
        }
    }

    private GroupLogEntry Open(string group, LogRetention retention, DateTimeOffset now)
    {
        _logs.RemoveExpired(now);
        if (!_logs.TryGet(group, out var log))
        {
            TryMakeRoom(null, GroupLogEntry.SizeOf(group));
            log = new GroupLogEntry(group, _replica);
            _logs.Set(group, log, now + GroupLogEntry.TimeToLive(retention));
            Count(log);
        }
        Change(log, () => log.CheckEpoch(_replica, retention, now));
        return log;
    }

    // A log without messages is removed completely: a client that reads it again finds a new epoch.
    private bool TryMakeRoom(GroupLogEntry? log, long size)
    {
        if (size > _maxBytes) return false;
        while (Bytes + size > _maxBytes && _bySize.Count > 0)
        {
            _logs.TryGet(_bySize.Max.Group, out var largest);
            if (largest!.HasMessages) Change(largest, largest.DropFirst);
            else if (largest != log) _logs.Remove(largest.Group);
            else return false;
        }
        return true;
    }

    private T Change<T>(GroupLogEntry log, Func<T> change)
    {
        Uncount(log);
        var result = change();
        Count(log);
        return result;
    }

    private void Change(GroupLogEntry log, Action change) => Change(log, () =>
    {
        change();
        return true;
    });

    private void Count(GroupLogEntry log)
    {
        Bytes += log.Bytes;
        _bySize.Add((log.Bytes, log.Group));
    }

    private void Uncount(GroupLogEntry log)
    {
        Bytes -= log.Bytes;
        _bySize.Remove((log.Bytes, log.Group));
    }

    private static int Compare((long Bytes, string Group) one, (long Bytes, string Group) other) =>
        one.Bytes != other.Bytes ? one.Bytes.CompareTo(other.Bytes) : string.CompareOrdinal(one.Group, other.Group);
}

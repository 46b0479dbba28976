namespace HeliosStarling;

/// <summary>The in-memory log of a group.</summary>
/// <param name="group">The name of the group.</param>
/// <param name="replica">The store that wrote it last.</param>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class GroupLogEntry(string group, object replica)
{
    // The memory of a log, and of a key, in the tables.
    private const int Overhead = 768;
    private const int KeyOverhead = 256;

    private static readonly TimeSpan s_keepIds = TimeSpan.FromMinutes(2);

    private readonly KeptMessages _messages = new();
    private readonly Dictionary<string, (long Number, LogPosition Position)> _sources = new(StringComparer.Ordinal);
    private ExpiringTable<LogPosition>? _ids;
    private string _epoch = RandomText.Make();
    private string? _previous;
    private object _replica = replica;
    private long _since;
    private long _last;

    public string Group => group;

    /// <summary>The approximate memory of the log, in bytes.</summary>
    public long Bytes => SizeOf(group) + KeyBytes + _messages.Size;

    public bool HasMessages => _messages.Count > 0;

    public GroupLogState State => new(_epoch, _previous, _since, _messages.First?.Offset ?? _last + 1, _last);

    private ExpiringTable<LogPosition> Ids => _ids ??= new((id, _) => KeyBytes -= SizeOfKey(id));

    private long KeyBytes { get; set; }

    public static long SizeOf(string group) => Overhead + (sizeof(char) * (long)group.Length);

    public static long SizeOf(GroupAppend append) =>
        new KeptMessage(0, default, []).Size + append.Bytes.Length + SizeOfKey(append.Key.Name);

    /// <summary>
    /// The time that a log is kept after its last message. It is at least two minutes, because ids are remembered that long.
    /// </summary>
    public static TimeSpan TimeToLive(LogRetention retention) => TimeSpan.FromTicks(Math.Max(retention.Age.Ticks * 10, s_keepIds.Ticks));

    /// <summary>Begins a new epoch if another store has written the log, and removes expired ids and messages.</summary>
    public void CheckEpoch(object present, LogRetention retention, DateTimeOffset now)
    {
        if (_replica != present) (_replica, _previous, _since, _epoch) = (present, _epoch, _last, RandomText.Make());
        Ids.RemoveExpired(now);
        while (_messages.First is { } first && first.Timestamp + retention.Age <= now) _messages.RemoveFirst();
    }

    public AppendResult? FindRepeated(AppendKey key)
    {
        if (key.Number is not { } number)
            return Ids.TryGet(key.Name, out var first) ? new AppendResult(AppendStatus.Repeated, first) : null;
        if (!_sources.TryGetValue(key.Name, out var last) || number > last.Number) return null;
        return number == last.Number
            ? new AppendResult(AppendStatus.Repeated, last.Position)
            : new AppendResult(AppendStatus.Superseded, null);
    }

    public GroupLogMessage Append(GroupAppend append, DateTimeOffset now)
    {
        var message = new KeptMessage(++_last, now, append.Bytes.ToArray());
        _messages.Add(message);
        Remember(append.Key, new LogPosition(_epoch, _last), now);
        while (_messages.Count > append.Retention.Messages || (_messages.Count > 1 && _messages.Length > append.Retention.Bytes))
            _messages.RemoveFirst();
        return ToMessage(message);
    }

    public void DropFirst() => _messages.RemoveFirst();

    /// <summary>Forgets the newest messages, like a store that loses its last writes.</summary>
    public void LoseNewest(int lost)
    {
        _last -= Math.Min(lost, _last);
        _messages.RemoveAbove(_last);
        Ids.RemoveWhere(position => position.Offset > _last);
        foreach (var (source, _) in _sources.Where(source => source.Value.Position.Offset > _last).ToArray())
        {
            _sources.Remove(source);
            KeyBytes -= SizeOfKey(source);
        }
    }

    public GroupLogSlice Read(GroupLogQuery query)
    {
        var state = State;
        var floor = query.Floor is null ? 0 : state.OffsetOf(query.Floor);
        var above = Math.Max(floor, query.After is null ? 0 : state.OffsetOf(query.After));
        List<GroupLogMessage> messages = [];
        var bytes = 0L;
        foreach (var message in _messages.Above(above, query.NewestFirst).Take(Math.Clamp(query.Limit, 0, GroupLogQuery.MaxMessages)))
        {
            bytes += message.Bytes.Length;
            if (messages.Count > 0 && bytes > query.MaxBytes) break;
            messages.Add(ToMessage(message));
        }
        return new GroupLogSlice(state, floor, messages);
    }

    private static long SizeOfKey(string name) => KeyOverhead + (sizeof(char) * (long)name.Length);

    private GroupLogMessage ToMessage(KeptMessage message) => new(_epoch, message.Offset, message.Timestamp, message.Bytes);

    private void Remember(AppendKey key, LogPosition position, DateTimeOffset now)
    {
        if (key.Number is not { } number)
        {
            Ids.Set(key.Name, position, now + s_keepIds);
            KeyBytes += SizeOfKey(key.Name);
            return;
        }
        if (!_sources.ContainsKey(key.Name)) KeyBytes += SizeOfKey(key.Name);
        _sources[key.Name] = (number, position);
    }
}

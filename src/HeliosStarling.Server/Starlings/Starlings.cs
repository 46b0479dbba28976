using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>All starlings of this node: those connected, and those held for a while after they were disconnected.</summary>
/// <remarks>
/// A node is one running server. Counts and look-ups know the starlings of this node and no others. A broadcast is for the starlings of all
/// nodes. Safe to call concurrently.
/// </remarks>
public sealed class Starlings
{
    private readonly Engine _engine;
    private readonly StarlingSet _all = new();
    private readonly ConcurrentDictionary<string, Starling> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StarlingSet> _groups = new(StringComparer.Ordinal);
    private int _connected;

    internal Starlings(Engine engine) => _engine = engine;

    /// <summary>How many starlings are connected to this node.</summary>
    public int ConnectedCount => Volatile.Read(ref _connected);

    /// <summary>How many starlings this node has, those held after a disconnect included.</summary>
    public int TotalCount => _byId.Count;

    /// <summary>The starling of this node with this id, or null.</summary>
    public Starling? GetById(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The starling of this node with this id, if there is one.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Starling? starling) => _byId.TryGetValue(id, out starling);

    /// <summary>Some starling of this node that passes the filter, or null.</summary>
    public Starling? Find(Func<Starling, bool> filter) => _all.ToArray().FirstOrDefault(filter);

    /// <summary>All starlings of this node that pass the filter.</summary>
    public IEnumerable<Starling> Filter(Func<Starling, bool> filter) => _all.ToArray().Where(filter);

    /// <summary>The group of this name, which may be empty.</summary>
    public Group Group(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Group(this, name);
    }

    /// <summary>
    /// Sends a notification to all starlings that pass the filter. It is encoded once, and waits for no receiver: a slow one gets what
    /// <see cref="HeliosOptions.OutboxPolicy"/> says, and one whose client does not take so large a message gets a gap.
    /// </summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="filter">Who gets it; runs on this thread. Default all.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes; the message may reach them all the same. A server that stands alone
    /// does not wait. Default none.</param>
    /// <returns>How many starlings of this node it was queued for, and which nodes it was sent to.</returns>
    /// <remarks>Broadcasts of one caller arrive in call order.</remarks>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="System.Text.Json.JsonException">The data cannot be serialized, or is nested deeper than 62 levels (docs/protocol.md
    /// section 3).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<BroadcastResult> BroadcastAsync<T>(
        string topic, T data, Func<Starling, bool>? filter = null, CancellationToken cancellationToken = default) =>
        SendTo(_all, topic, data, filter, cancellationToken);

    /// <summary>How many groups have somebody in them.</summary>
    internal int GroupCount => _groups.Count;

    internal StarlingSet? FindGroup(string name) => _groups.GetValueOrDefault(name);

    internal ValueTask<BroadcastResult> SendTo<T>(
        StarlingSet? receivers, string topic, T data, Func<Starling, bool>? filter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var frame = _engine.Encoder.Notification(topic, new SerializedJson<T>(data, _engine.TypeInfo<T>()));
        try
        {
            return new ValueTask<BroadcastResult>(new BroadcastResult { LocalReceivers = receivers?.Send(frame, filter) ?? 0 });
        }
        finally
        {
            frame.Release();
        }
    }

    internal Starling[] ToArray() => _all.ToArray();

    internal void ForEach(Action<Starling> action) => _all.ForEach(action);

    /// <summary>Adds a starling, unless there is one of its id.</summary>
    internal bool TryAdd(Starling starling)
    {
        if (!_byId.TryAdd(starling.Id, starling)) return false;
        _all.Add(starling);
        return true;
    }

    internal void Remove(Starling starling)
    {
        _byId.TryRemove(KeyValuePair.Create(starling.Id, starling));
        _all.Remove(starling);
    }

    internal void CountConnected(int change) => Interlocked.Add(ref _connected, change);

    internal void Join(string group, Starling starling)
    {
        // A group that lost its last member is retired and forgotten. A starling that joins just then creates a new one.
        while (!_groups.GetOrAdd(group, static _ => new StarlingSet()).Add(starling))
        {
        }
    }

    internal void Leave(string group, Starling starling)
    {
        if (!_groups.TryGetValue(group, out var members)) return;
        members.Remove(starling);
        if (members.TryRetire()) _groups.TryRemove(KeyValuePair.Create(group, members));
    }
}

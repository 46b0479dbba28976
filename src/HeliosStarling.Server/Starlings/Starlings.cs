using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>All starlings of this node: connected ones, and disconnected ones that are still held.</summary>
/// <remarks>
/// A node is one running server. Counts and look-ups include the starlings of this node only. A broadcast is for the starlings of all
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

    /// <summary>The number of starlings that are connected to this node.</summary>
    public int ConnectedCount => Volatile.Read(ref _connected);

    /// <summary>The number of starlings of this node, including disconnected ones that are still held.</summary>
    public int TotalCount => _byId.Count;

    /// <summary>Gets the starling of this node with this id, or null.</summary>
    public Starling? GetById(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Gets the starling of this node with this id. Returns false when there is none.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Starling? starling) => _byId.TryGetValue(id, out starling);

    /// <summary>Gets a starling of this node that passes the filter, or null.</summary>
    public Starling? Find(Func<Starling, bool> filter) => _all.ToArray().FirstOrDefault(filter);

    /// <summary>Gets all starlings of this node that pass the filter.</summary>
    public IEnumerable<Starling> Filter(Func<Starling, bool> filter) => _all.ToArray().Where(filter);

    /// <summary>Gets the group with this name. It may be empty.</summary>
    public Group Group(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Group(this, name);
    }

    /// <summary>
    /// Sends a notification to all starlings that pass the filter. The message is encoded once and waits for no receiver. For a slow
    /// receiver
    /// <see cref="HeliosOptions.OutboxPolicy"/> decides. A client that does not take a message of this size gets a gap instead.
    /// </summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">The data, any JSON-serializable value.</param>
    /// <param name="filter">Selects the receivers; runs on the calling thread. Default all starlings.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes. The message may reach them nevertheless. A server that stands alone
    /// does not wait. Default none.</param>
    /// <returns>The number of starlings of this node that it was queued for, and the nodes that it was sent to.</returns>
    /// <remarks>Broadcasts of one caller arrive in the order of the calls.</remarks>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="System.Text.Json.JsonException">The data cannot be serialized, or is nested deeper than 62 levels (docs/protocol.md
    /// section 3).</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<BroadcastResult> BroadcastAsync<T>(
        string topic, T data, Func<Starling, bool>? filter = null, CancellationToken cancellationToken = default) =>
        SendTo(_all, topic, data, filter, cancellationToken);

    /// <summary>The number of groups that have members.</summary>
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

    /// <summary>Adds a starling. Returns false when there is one with the same id.</summary>
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
        // A group that has lost its last member is retired. A starling that joins at that moment creates a new group.
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

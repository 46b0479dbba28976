using System.Collections.Concurrent;

namespace HeliosStarling.Recovery;

/// <summary>A state store that fails or hangs on request.</summary>
internal sealed class FaultyStore : IStateStore
{
    private readonly ConcurrentDictionary<string, byte[]> _values = new();
    private int _reads;

    /// <summary>Called instead of an operation: <c>get</c>, <c>set</c> or <c>remove</c>. Null: the operation succeeds.</summary>
    public Func<string, ValueTask>? Fault { get; set; }

    /// <summary>The number of values that were read.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public ICollection<string> Keys => _values.Keys;

    public async ValueTask SetAsync(
        string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default)
    {
        var kept = value.ToArray();
        if (Fault is { } fault) await fault("set");
        _values[key] = kept;
    }

    public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        if (Fault is { } fault) await fault("get");
        Interlocked.Increment(ref _reads);
        return _values.TryGetValue(key, out var value) ? value : default(ReadOnlyMemory<byte>?);
    }

    public async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        if (Fault is { } fault) await fault("remove");
        _values.TryRemove(key, out _);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>What the application keeps with a starling; lives as long as the starling, across connections.</summary>
/// <remarks>Safe to use concurrently. Keys are compared ordinally.</remarks>
public sealed class StarlingData
{
    private readonly int _limit;
    private readonly PeerMemory _memory;
    private ConcurrentDictionary<string, object?>? _values;
    private long _keyBytes;
    private bool _isReleased;

    internal StarlingData(int limit, PeerMemory memory) => (_limit, _memory) = (limit, memory);

    /// <summary>Reads a value; the default of <typeparamref name="T"/> when there is none or it is of another type.</summary>
    public T? Get<T>(string key) => TryGet<T>(key, out var value) ? value : default;

    /// <summary>Reads a value if there is one of this type.</summary>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        value = default;
        if (_values is null || !_values.TryGetValue(key, out var found) || found is not T typed) return false;
        value = typed;
        return true;
    }

    /// <summary>Keeps a value, in place of an earlier one.</summary>
    /// <param name="key">1 to 256 bytes as UTF-8, without control characters.</param>
    /// <param name="value">What to keep. Its size is the application's business.</param>
    /// <exception cref="HeliosException">The key is malformed or too long: <c>VALIDATION_ERROR</c>. There are as many values as
    /// <see cref="HeliosOptions.MaxDataPerStarling"/> allows, or their keys need more memory than is left of
    /// <see cref="HeliosOptions.MaxBufferedBytes"/>: <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    public void Set<T>(string key, T value)
    {
        KeptNames.ThrowIfMalformed(key, nameof(key));
        var values = Values;
        lock (values)
        {
            if (!values.ContainsKey(key)) AddKey_NeedsLock(values, key);
            values[key] = value;
        }
    }

    /// <summary>Forgets a value.</summary>
    /// <returns>False when there was none.</returns>
    public bool Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_values is not { } values) return false;
        lock (values)
        {
            if (!values.TryRemove(key, out _)) return false;
            Release_NeedsLock(KeptNames.SizeOf(key));
            return true;
        }
    }

    /// <summary>The starling is forgotten: its keys count no longer. Code that still holds the starling can read them.</summary>
    internal void Release()
    {
        // Set before the values are looked at: a thread that creates them meanwhile sees it.
        Interlocked.Exchange(ref _isReleased, true);
        if (_values is not { } values) return;
        lock (values)
        {
            _memory.Keep(-_keyBytes);
            _keyBytes = 0;
        }
    }

    private void AddKey_NeedsLock(ConcurrentDictionary<string, object?> values, string key)
    {
        if (values.Count >= _limit) throw Quotas.Exceeded("values", _limit);
        var size = KeptNames.SizeOf(key);
        if (Volatile.Read(ref _isReleased)) return;
        if (!_memory.TryKeep(size)) throw Quotas.NoMemory("values");
        _keyBytes += size;
    }

    private void Release_NeedsLock(long size)
    {
        if (Volatile.Read(ref _isReleased)) return;
        _keyBytes -= size;
        _memory.Keep(-size);
    }

    // Most starlings of a large server keep nothing: the dictionary comes with the first value.
    private ConcurrentDictionary<string, object?> Values =>
        _values
        ?? Interlocked.CompareExchange(ref _values, new ConcurrentDictionary<string, object?>(1, 7, StringComparer.Ordinal), null)
        ?? _values;
}

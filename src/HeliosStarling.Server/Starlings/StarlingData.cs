using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>Data that the application keeps with a starling. It lives as long as the starling, across connections.</summary>
/// <remarks>Safe to use concurrently. Keys are compared ordinally.</remarks>
public sealed class StarlingData
{
    private readonly int _limit;
    private readonly PeerMemory _memory;
    private ConcurrentDictionary<string, object?>? _values;
    private long _keyBytes;
    private bool _isReleased;

    internal StarlingData(int limit, PeerMemory memory) => (_limit, _memory) = (limit, memory);

    /// <summary>Gets a value, or the default of <typeparamref name="T"/> when there is none or it has another type.</summary>
    public T? Get<T>(string key) => TryGet<T>(key, out var value) ? value : default;

    /// <summary>Gets a value. Returns false when there is none or it has another type.</summary>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        value = default;
        if (_values is null || !_values.TryGetValue(key, out var found) || found is not T typed) return false;
        value = typed;
        return true;
    }

    /// <summary>Sets a value. It replaces an earlier one.</summary>
    /// <param name="key">1 to 256 bytes of UTF-8, without control characters.</param>
    /// <param name="value">The value. Helios does not count its size.</param>
    /// <exception cref="HeliosException">The key is malformed or too long: <c>VALIDATION_ERROR</c>. There are
    /// <see cref="HeliosOptions.MaxDataPerStarling"/> values, or their keys need more memory than
    /// <see cref="HeliosOptions.MaxBufferedBytes"/> has left: <c>RATE_QUOTA_EXCEEDED</c>.</exception>
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

    /// <summary>Removes a value.</summary>
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

    /// <summary>Stops counting the keys of a forgotten starling. Code that still has the starling can read its data.</summary>
    internal void Release()
    {
        // Set before _values is read, so that a thread that creates the dictionary meanwhile sees it.
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

    // The dictionary is created with the first value, because most starlings of a large server have none.
    private ConcurrentDictionary<string, object?> Values =>
        _values
        ?? Interlocked.CompareExchange(ref _values, new ConcurrentDictionary<string, object?>(1, 7, StringComparer.Ordinal), null)
        ?? _values;
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>What the application keeps with a starling; lives as long as the starling, across connections.</summary>
/// <remarks>Safe to use concurrently. Keys are compared ordinally.</remarks>
public sealed class StarlingData
{
    private readonly int _limit;
    private ConcurrentDictionary<string, object?>? _values;

    internal StarlingData(int limit) => _limit = limit;

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
    /// <exception cref="HeliosException">There are as many values as <see cref="HeliosOptions.MaxDataPerStarling"/> allows:
    /// <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    public void Set<T>(string key, T value)
    {
        ArgumentNullException.ThrowIfNull(key);
        // As many threads as set values at the same moment may go beyond the limit by one each.
        if (!Values.ContainsKey(key) && Values.Count >= _limit) throw Quotas.Exceeded("values", _limit);
        Values[key] = value;
    }

    /// <summary>Forgets a value.</summary>
    /// <returns>False when there was none.</returns>
    public bool Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _values is not null && _values.TryRemove(key, out _);
    }

    // Most starlings of a large server keep nothing: the dictionary comes with the first value.
    private ConcurrentDictionary<string, object?> Values =>
        _values ?? Interlocked.CompareExchange(ref _values, new ConcurrentDictionary<string, object?>(1, 7, StringComparer.Ordinal), null) ?? _values;
}

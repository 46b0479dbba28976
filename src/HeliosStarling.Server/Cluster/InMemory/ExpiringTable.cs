using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>A table of values that expire.</summary>
/// <param name="removed">Called for each removed value.</param>
/// <remarks>Not safe to use concurrently. Expired values are removed by <see cref="RemoveExpired"/> only.</remarks>
internal sealed class ExpiringTable<T>(Action<string, T>? removed = null)
{
    private readonly Dictionary<string, (T Value, DateTimeOffset Until)> _values = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset Until, string Key)> _expiries = new(
        Comparer<(DateTimeOffset Until, string Key)>.Create(Compare));

    public int Count => _values.Count;

    public bool TryGet(string key, [MaybeNullWhen(false)] out T value)
    {
        var found = _values.TryGetValue(key, out var kept);
        value = kept.Value;
        return found;
    }

    /// <summary>Sets a value. It replaces an earlier one.</summary>
    public void Set(string key, T value, DateTimeOffset until)
    {
        if (_values.TryGetValue(key, out var earlier)) _expiries.Remove((earlier.Until, key));
        _values[key] = (value, until);
        _expiries.Add((until, key));
    }

    /// <summary>Keeps a value until this time, unless it is kept longer already.</summary>
    public void Prolong(string key, DateTimeOffset until)
    {
        if (_values.TryGetValue(key, out var kept) && kept.Until < until) Set(key, kept.Value, until);
    }

    public void Remove(string key)
    {
        if (!_values.Remove(key, out var kept)) return;
        _expiries.Remove((kept.Until, key));
        removed?.Invoke(key, kept.Value);
    }

    public void RemoveWhere(Func<T, bool> filter)
    {
        foreach (var (key, _) in _values.Where(kept => filter(kept.Value.Value)).ToArray()) Remove(key);
    }

    public void RemoveExpired(DateTimeOffset now)
    {
        while (_expiries.Count > 0 && _expiries.Min is var first && first.Until <= now) Remove(first.Key);
    }

    private static int Compare((DateTimeOffset Until, string Key) one, (DateTimeOffset Until, string Key) other) =>
        one.Until != other.Until ? one.Until.CompareTo(other.Until) : string.CompareOrdinal(one.Key, other.Key);
}

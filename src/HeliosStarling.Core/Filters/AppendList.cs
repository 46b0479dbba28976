namespace HeliosStarling;

/// <summary>A list that only grows, such as the filters around something, outermost first.</summary>
/// <remarks>Safe to use concurrently: what runs already is not affected by what is added.</remarks>
internal sealed class AppendList<T>
{
    private readonly Lock _lock = new();
    private volatile T[] _items = [];

    /// <summary>What was added, in order.</summary>
    public T[] All => _items;

    public void Add(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock) _items = [.. _items, item];
    }

    /// <summary>Adds in front of all others.</summary>
    public void AddFirst(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock) _items = [item, .. _items];
    }
}

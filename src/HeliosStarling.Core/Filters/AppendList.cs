namespace HeliosStarling;

/// <summary>A list that only grows, such as a list of filters, outermost first.</summary>
/// <remarks>Safe to use concurrently. An addition does not affect calls that have already read the list.</remarks>
internal sealed class AppendList<T>
{
    private readonly Lock _lock = new();
    private volatile T[] _items = [];

    /// <summary>All items, in order.</summary>
    public T[] All => _items;

    public void Add(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock) _items = [.. _items, item];
    }

    /// <summary>Adds an item before all others.</summary>
    public void AddFirst(T item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock) _items = [item, .. _items];
    }
}

using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>The listeners of all nodes by address.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class LinkTable
{
    private readonly ConcurrentDictionary<string, InMemoryNodeListener> _listeners = new(StringComparer.Ordinal);

    public InMemoryNodeListener? Find(string address) => _listeners.GetValueOrDefault(address);

    public void Add(InMemoryNodeListener listener)
    {
        if (!_listeners.TryAdd(listener.Address, listener))
            throw new InvalidOperationException($"Another node listens at '{listener.Address}'. Choose another address.");
    }

    public void Remove(InMemoryNodeListener listener) => _listeners.TryRemove(KeyValuePair.Create(listener.Address, listener));
}

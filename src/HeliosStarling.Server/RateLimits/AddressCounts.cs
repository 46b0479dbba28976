using System.Net;
using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>Counts something per address up to a limit. An IPv6 network of 64 bits counts as one address.</summary>
/// <param name="limit">The limit per address.</param>
/// <remarks>
/// Safe to use concurrently. Connections without an address are not counted. Only local processes reach a Unix socket, and often it is one
/// proxy for all clients.
/// </remarks>
internal sealed class AddressCounts(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, int> _counts = [];

    /// <summary>The number of addresses with a count.</summary>
    public int Addresses
    {
        get { lock (_lock) return _counts.Count; }
    }

    /// <summary>Adds one to the count of an address. Returns false when the address has reached the limit.</summary>
    public bool TryAdd(IPAddress? address)
    {
        if (address is null) return true;
        var key = Partitions.OfAddress(address);
        lock (_lock)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
            if (count >= limit) return false;
            count++;
            return true;
        }
    }

    /// <summary>Undoes a successful <see cref="TryAdd"/>.</summary>
    public void Remove(IPAddress? address)
    {
        if (address is null) return;
        var key = Partitions.OfAddress(address);
        lock (_lock)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
            if (--count == 0) _counts.Remove(key);
        }
    }
}

using System.Net;
using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>Counts something per address, an IPv6 network of 64 bits counting as one address, up to a limit for each.</summary>
/// <param name="limit">The most for one address.</param>
/// <remarks>
/// Safe to use concurrently. Connections without an address are not counted: only local processes reach a Unix socket, often one proxy for
/// all clients.
/// </remarks>
internal sealed class AddressCounts(int limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, int> _counts = [];

    /// <summary>How many addresses have a count.</summary>
    public int Addresses
    {
        get { lock (_lock) return _counts.Count; }
    }

    /// <summary>Counts one more; false when the address has as many as it may.</summary>
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

    /// <summary>Takes back what <see cref="TryAdd"/> has counted.</summary>
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

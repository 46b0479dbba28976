using System.Net;

namespace HeliosStarling;

/// <summary>The places of sockets whose upgrade is not decided yet. One address gets at most a quarter of them.</summary>
/// <param name="limit">The number of places; at least 1.</param>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class OpeningPlaces(int limit)
{
    // An address that opens silent sockets must leave most places to others.
    private const int AddressesToFillAll = 4;

    private readonly AddressCounts _perAddress = new(Math.Max(1, limit / AddressesToFillAll));
    private int _count;

    /// <summary>The number of places.</summary>
    public int Limit => limit;

    /// <summary>The number of taken places.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place; null when there is none, or when the address has taken its quarter.</summary>
    public OpeningPlace? TryTake(IPAddress? address)
    {
        if (Interlocked.Increment(ref _count) <= limit && _perAddress.TryAdd(address)) return new OpeningPlace(this, address);
        Interlocked.Decrement(ref _count);
        return null;
    }

    internal void Return(IPAddress? address)
    {
        _perAddress.Remove(address);
        Interlocked.Decrement(ref _count);
    }
}

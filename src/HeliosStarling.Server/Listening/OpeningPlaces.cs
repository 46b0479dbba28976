using System.Net;

namespace HeliosStarling;

/// <summary>The places of sockets whose upgrade is not decided yet. One address gets at most a quarter of them.</summary>
/// <param name="limit">How many places there are; at least 1.</param>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class OpeningPlaces(int limit)
{
    // One address that opens sockets and says nothing must leave most places to the others.
    private const int AddressesToFillAll = 4;

    private readonly AddressCounts _perAddress = new(Math.Max(1, limit / AddressesToFillAll));
    private int _count;

    /// <summary>How many places there are.</summary>
    public int Limit => limit;

    /// <summary>How many places are taken.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place; null when there is none, or when the address has its quarter.</summary>
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

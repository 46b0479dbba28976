using System.Net;
using System.Net.Sockets;
using System.Security.Claims;

namespace HeliosStarling;

/// <summary>The keys of rate limits and memory shares: users, addresses and parties.</summary>
internal static class Partitions
{
    private const int NetworkBytes = 8;
    private const int SiteBytes = 6;

    // Connections without an address, for example over a Unix socket, share one partition.
    private static readonly object s_noAddress = new();

    /// <summary>
    /// The partition of an address. Of an IPv6 address it is the network of 64 bits, which belongs to one customer (RFC 6177).
    /// </summary>
    public static object OfAddress(IPAddress? address)
    {
        if (address is null) return s_noAddress;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        return Truncate(address, NetworkBytes);
    }

    /// <summary>
    /// The site of a partition: the site of 48 bits of an IPv6 network (RFC 6177), or else the partition itself.
    /// </summary>
    public static object SiteOf(object partition) =>
        partition is IPAddress { AddressFamily: AddressFamily.InterNetworkV6 } network ? Truncate(network, SiteBytes) : partition;

    /// <summary>The partition of a signed-in user; null when nobody is signed in.</summary>
    public static object? OfUser(ClaimsPrincipal? user) => Subjects.Of(user);

    /// <summary>The party of a client, for which its memory is counted: its user, else its address.</summary>
    public static object OfParty(ClaimsPrincipal? user, IPAddress? address) => OfUser(user) ?? OfAddress(address);

    private static IPAddress Truncate(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(length).Clear();
        return new IPAddress(bytes);
    }
}

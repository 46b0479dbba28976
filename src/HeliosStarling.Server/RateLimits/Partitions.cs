using System.Net;
using System.Net.Sockets;
using System.Security.Claims;

namespace HeliosStarling;

/// <summary>Who counts as one.</summary>
internal static class Partitions
{
    private const int NetworkBytes = 8;
    private const int SiteBytes = 6;

    // Connections without address, over a Unix socket for example, can't be told apart.
    private static readonly object s_noAddress = new();

    /// <summary>An address; of IPv6 its network of 64 bits, which one customer has to himself (RFC 6177).</summary>
    public static object OfAddress(IPAddress? address)
    {
        if (address is null) return s_noAddress;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        return Cut(address, NetworkBytes);
    }

    /// <summary>
    /// Who has a partition together with others: of a network of IPv6 the site of 48 bits (RFC 6177); of any other the partition alone.
    /// </summary>
    public static object SiteOf(object partition) =>
        partition is IPAddress { AddressFamily: AddressFamily.InterNetworkV6 } network ? Cut(network, SiteBytes) : partition;

    /// <summary>A signed-in user; null when nobody is.</summary>
    public static object? OfUser(ClaimsPrincipal? user) => Subjects.Of(user);

    /// <summary>Whom what a client makes the server keep is counted for: its user, else its address.</summary>
    public static object OfParty(ClaimsPrincipal? user, IPAddress? address) => OfUser(user) ?? OfAddress(address);

    private static IPAddress Cut(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(length).Clear();
        return new IPAddress(bytes);
    }
}

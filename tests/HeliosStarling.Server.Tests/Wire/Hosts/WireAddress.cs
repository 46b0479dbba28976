using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Wire;

internal enum AddressKind
{
    IPv4,
    IPv6,
    Unix,
    Tls,
}

/// <summary>An address for a server: a free loopback port or a socket file.</summary>
internal sealed class WireAddress(AddressKind kind) : IDisposable
{
    private static readonly Lazy<bool> s_hasIPv6 = new(CanBindIPv6);

    public string SocketPath { get; } = Path.Combine(Path.GetTempPath(), $"helios-{Guid.NewGuid():N}.sock");

    public bool IsUnix => kind == AddressKind.Unix;

    public bool IsSecure => kind == AddressKind.Tls;

    public IPAddress Ip => kind == AddressKind.IPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    public string Url => kind switch
    {
        AddressKind.IPv6 => "http://[::1]:0",
        AddressKind.Unix => "unix:" + SocketPath,
        AddressKind.Tls => "https://127.0.0.1:0",
        _ => "http://127.0.0.1:0",
    };

    public static void SkipWhereImpossible(AddressKind kind) =>
        Assert.SkipUnless(kind != AddressKind.IPv6 || s_hasIPv6.Value, "This machine cannot bind [::1].");

    public EndPoint EndPointAt(int port) => IsUnix ? new UnixDomainSocketEndPoint(SocketPath) : new IPEndPoint(Ip, port);

    public void Dispose()
    {
        if (IsUnix) File.Delete(SocketPath);
    }

    private static bool CanBindIPv6()
    {
        if (!Socket.OSSupportsIPv6) return false;
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

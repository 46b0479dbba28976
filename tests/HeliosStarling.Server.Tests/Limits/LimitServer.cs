using HeliosStarling.Wire;

namespace HeliosStarling.Limits;

/// <summary>A server with limits on a real socket, behind either listener.</summary>
internal static class LimitServer
{
    public static Task<WireServer> StartAsync(
        Action<Helios>? register = null, Action<HeliosOptions>? configure = null, bool isMapped = false,
        AddressKind kind = AddressKind.IPv4)
    {
        var (setup, address) = (new ServerSetup(register, configure), new WireAddress(kind));
        return isMapped ? MappedServer.StartAsync(setup, address) : LeanServer.StartAsync(setup, address);
    }
}

namespace HeliosStarling.Wire;

public sealed class LeanConformance() : SocketConformance(isMapped: false, AddressKind.IPv4);

public sealed class LeanTlsConformance() : SocketConformance(isMapped: false, AddressKind.Tls);

public sealed class LeanUnixConformance() : SocketConformance(isMapped: false, AddressKind.Unix);

public sealed class MappedConformance() : SocketConformance(isMapped: true, AddressKind.IPv4);

public sealed class MappedTlsConformance() : SocketConformance(isMapped: true, AddressKind.Tls);

/// <summary>One connection is one socket.</summary>
public abstract class SocketConformance : ConformanceContract
{
    private readonly bool _isMapped;
    private readonly AddressKind _address;

    private protected SocketConformance(bool isMapped, AddressKind address) => (_isMapped, _address) = (isMapped, address);

    private protected override bool EndsInHalves => !_isMapped;

    private protected override Task<WireServer> StartAsync(Action<Helios> register)
    {
        var (setup, address) = (new ServerSetup(register, null), new WireAddress(_address));
        return _isMapped ? MappedServer.StartAsync(setup, address) : LeanServer.StartAsync(setup, address);
    }
}

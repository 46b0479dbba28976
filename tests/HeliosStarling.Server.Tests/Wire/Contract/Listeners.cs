namespace HeliosStarling.Wire;

public sealed class LeanIPv4() : WireContract(isMapped: false, AddressKind.IPv4);

public sealed class LeanIPv6() : WireContract(isMapped: false, AddressKind.IPv6);

public sealed class LeanUnixSocket() : WireContract(isMapped: false, AddressKind.Unix);

public sealed class LeanTls() : WireContract(isMapped: false, AddressKind.Tls);

public sealed class MappedIPv4() : WireContract(isMapped: true, AddressKind.IPv4);

public sealed class MappedIPv6() : WireContract(isMapped: true, AddressKind.IPv6);

public sealed class MappedUnixSocket() : WireContract(isMapped: true, AddressKind.Unix);

public sealed class MappedTls() : WireContract(isMapped: true, AddressKind.Tls);

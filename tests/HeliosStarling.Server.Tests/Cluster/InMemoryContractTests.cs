namespace HeliosStarling.Cluster;

// The contract suites for the in-memory implementation.
public sealed class InMemoryNodeLeaseTests : NodeLeaseContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryDirectoryTests : StarlingDirectoryContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryDirectoryModelTests : StarlingDirectoryModelContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryBackplaneTests : BackplaneContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryNodeLinkTests : NodeLinkContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryGroupLogTests : GroupLogContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryGroupLogModelTests : GroupLogModelContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

public sealed class InMemoryPresenceTests : PresenceStoreContract
{
    private protected override ClusterFixture CreateCluster() => new InMemoryFixture();
}

using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Cluster;

/// <summary>A single server has all seams, in memory and with its own clock.</summary>
public sealed class NodeSeamsTests
{
    [Fact]
    public async Task Server_Alone_HasSeamsOfItsOwn_UnderItsClock()
    {
        var time = new FakeTimeProvider();
        await using var helios = Helios.Create(options => options.TimeProvider = time);
        await using var other = Helios.Create(options => options.TimeProvider = time);

        var term = await helios.Node.Cluster.Lease.TakeAsync("memory:");

        Assert.Same(helios.Node.Cluster, helios.Node.Cluster);
        Assert.Equal(time.GetUtcNow(), term.StoreTime);
        Assert.NotNull(await helios.Node.Cluster.Lease.FindAsync(term.Node));
        Assert.Null(await other.Node.Cluster.Lease.FindAsync(term.Node));
        time.Advance(term.TimeToLive);
        Assert.Null(await helios.Node.Cluster.Lease.FindAsync(term.Node));
    }
}

namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="INodeLease"/>.</summary>
public abstract class NodeLeaseContract : ClusterContract
{
    private TimeSpan NearlyTtl => Cluster.LeaseTtl * 0.9;

    [Fact]
    public async Task Take_NodeIsAlive_AndOthersFindItsAddress()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), Cluster.AddNode());

        Assert.Equal(a.Address, await b.Lease.FindAsync(a.Id));
    }

    [Fact]
    public async Task Take_Again_IsANewIdOfTheSameProcess()
    {
        var a = await Cluster.StartNodeAsync();

        var again = await a.TakeNewLeaseAsync();

        Assert.NotEqual(a.Id, again.Id);
        Assert.True(again.Id.IsOfSameProcess(a.Id));
        Assert.False(again.Id.IsOfSameProcess((await Cluster.StartNodeAsync()).Id));
    }

    [Fact]
    public async Task Lease_NotRenewed_IsGone()
    {
        var a = await Cluster.StartNodeAsync();
        await Cluster.PassAsync(NearlyTtl);
        Assert.NotNull(await a.Seams.Lease.FindAsync(a.Id));

        await Cluster.PassAsync(Cluster.LeaseTtl - NearlyTtl);

        Assert.Null(await a.Seams.Lease.FindAsync(a.Id));
    }

    [Fact]
    public async Task Lease_Renewed_LastsFromThenOn()
    {
        var a = await Cluster.StartNodeAsync();
        await Cluster.PassAsync(NearlyTtl);

        var term = await a.Seams.Lease.RenewAsync(a.Id);
        await Cluster.PassAsync(NearlyTtl);

        Assert.Equal((a.Id, Cluster.LeaseTtl), (term!.Node, term.TimeToLive));
        Assert.NotNull(await a.Seams.Lease.FindAsync(a.Id));
    }

    [Fact]
    public async Task Renew_OfALeaseThatIsGone_DoesNotBringItBack()
    {
        var a = await Cluster.StartNodeAsync();
        await Cluster.PassAsync(Cluster.LeaseTtl);

        Assert.Null(await a.Seams.Lease.RenewAsync(a.Id));

        Assert.Null(await a.Seams.Lease.FindAsync(a.Id));
    }

    [Fact]
    public async Task Take_AfterALeaseIsGone_LeavesTheOldIdDead()
    {
        var a = await Cluster.StartNodeAsync();
        await Cluster.PassAsync(Cluster.LeaseTtl);

        var again = await a.TakeNewLeaseAsync();

        Assert.Null(await a.Seams.Lease.FindAsync(a.Id));
        Assert.Null(await a.Seams.Lease.RenewAsync(a.Id));
        Assert.Equal(a.Address, await a.Seams.Lease.FindAsync(again.Id));
    }

    [Fact]
    public async Task End_NodeIsDeadAtOnce_AndRepeatedNothingHappens()
    {
        var a = await Cluster.StartNodeAsync();

        await a.Seams.Lease.EndAsync(a.Id);
        await a.Seams.Lease.EndAsync(a.Id);

        Assert.Null(await a.Seams.Lease.FindAsync(a.Id));
        Assert.Null(await a.Seams.Lease.RenewAsync(a.Id));
    }

    [Fact]
    public async Task StoreTime_PassesAsTheStoreSays_AndIsOneForAllNodes()
    {
        var a = Cluster.AddNode();
        var b = Cluster.AddNode();
        var first = await a.Lease.TakeAsync(Cluster.NewAddress());

        await Cluster.PassAsync(NearlyTtl);

        var second = await a.Lease.RenewAsync(first.Node);
        var other = await b.Lease.TakeAsync(Cluster.NewAddress());
        Assert.True(second!.StoreTime - first.StoreTime >= NearlyTtl);
        Assert.True(other.StoreTime >= second.StoreTime);
        Assert.True(other.StoreTime - second.StoreTime < Cluster.LeaseTtl);
    }

    [Fact]
    public async Task CutOff_CallsThrow_AndTheLeaseRunsOut()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        Cluster.CutOff(a.Seams, true);

        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await a.Seams.Lease.RenewAsync(a.Id));
        await Cluster.PassAsync(Cluster.LeaseTtl);
        Cluster.CutOff(a.Seams, false);

        Assert.Null(await a.Seams.Lease.RenewAsync(a.Id));
        Assert.Null(await b.Seams.Lease.FindAsync(a.Id));
    }
}

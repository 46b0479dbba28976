namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="IPresenceStore"/>.</summary>
public abstract class PresenceStoreContract : ClusterContract
{
    [Fact]
    public async Task Listed_IsThere_WithUserAndData_ForEveryNode()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());

        Assert.Equal(
            PresenceStatus.Listed, await a.Seams.Presence.ListAsync(a.Id, "room", new PresenceEntry("one", "ada", "away"u8.ToArray())));

        var entry = Assert.Single(await b.Seams.Presence.ReadAsync("room"));
        Assert.Equal(("one", "ada"), (entry.Starling, entry.User));
        Assert.Equal("away"u8, entry.Data.Span);
        Assert.Equal(1, await b.Seams.Presence.CountAsync("room"));
        Assert.Empty(await b.Seams.Presence.ReadAsync("hall"));
        Assert.Equal(0, await b.Seams.Presence.CountAsync("hall"));
    }

    [Fact]
    public async Task Listed_Again_TakesThePlaceOfTheEarlierOne()
    {
        var a = await Cluster.StartNodeAsync();
        await ListAsync(a, "one", 1);

        await ListAsync(a, "one", 2);

        Assert.Equal([2], Assert.Single(await a.Seams.Presence.ReadAsync("room")).Data.ToArray());
    }

    [Fact]
    public async Task Removed_IsGone_AndRepeatedNothingHappens()
    {
        var a = await Cluster.StartNodeAsync();
        await ListAsync(a, "one");
        await ListAsync(a, "two");

        await a.Seams.Presence.RemoveAsync(a.Id, "room", "one");
        await a.Seams.Presence.RemoveAsync(a.Id, "room", "one");

        Assert.Equal("two", Assert.Single(await a.Seams.Presence.ReadAsync("room")).Starling);
        Assert.Equal(1, await a.Seams.Presence.CountAsync("room"));
    }

    [Fact]
    public async Task ListedByTwoNodes_CountsOnce_AndIsThereUntilTheLastOneRemovesIt()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await ListAsync(a, "one", 1);
        await ListAsync(b, "one", 2);

        Assert.Equal(1, await a.Seams.Presence.CountAsync("room"));
        Assert.Equal([2], Assert.Single(await a.Seams.Presence.ReadAsync("room")).Data.ToArray());
        await a.Seams.Presence.RemoveAsync(a.Id, "room", "one");
        Assert.Equal(1, await a.Seams.Presence.CountAsync("room"));
        await b.Seams.Presence.RemoveAsync(b.Id, "room", "one");

        Assert.Equal(0, await a.Seams.Presence.CountAsync("room"));
    }

    [Fact]
    public async Task NodeIsDead_WhatItAloneListedIsGone()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await ListAsync(a, "one");
        await ListAsync(a, "two");
        await ListAsync(b, "two");
        await Cluster.PassAsync(Cluster.LeaseTtl * 0.9);
        await b.Seams.Lease.RenewAsync(b.Id);
        Assert.Equal(2, await b.Seams.Presence.CountAsync("room"));

        await Cluster.PassAsync(Cluster.LeaseTtl * 0.2);

        Assert.Equal("two", Assert.Single(await b.Seams.Presence.ReadAsync("room")).Starling);
        Assert.Equal(1, await b.Seams.Presence.CountAsync("room"));
    }

    [Fact]
    public async Task NodeEndsItsLease_WhatItListedIsGoneAtOnce()
    {
        var a = await Cluster.StartNodeAsync();
        await ListAsync(a, "one");

        await a.Seams.Lease.EndAsync(a.Id);

        Assert.Equal(0, await a.Seams.Presence.CountAsync("room"));
    }

    [Fact]
    public async Task DeadNode_ListsNothing_AndUnderItsNewIdItDoes()
    {
        var a = await Cluster.StartNodeAsync();
        await a.Seams.Lease.EndAsync(a.Id);
        Assert.Equal(PresenceStatus.NodeGone, await a.Seams.Presence.ListAsync(a.Id, "room", new PresenceEntry("one", null, default)));
        Assert.Equal(0, await a.Seams.Presence.CountAsync("room"));

        await ListAsync(await a.TakeNewLeaseAsync(), "one");

        Assert.Equal(1, await a.Seams.Presence.CountAsync("room"));
    }

    [Fact]
    public async Task Read_GivesAtMostTheLimit()
    {
        var a = await Cluster.StartNodeAsync();
        for (var i = 0; i < 5; i++) await ListAsync(a, $"{i}");

        Assert.Equal(3, (await a.Seams.Presence.ReadAsync("room", 3)).Select(static entry => entry.Starling).Distinct().Count());
        Assert.Equal(5, await a.Seams.Presence.CountAsync("room"));
    }

    [Fact]
    public async Task Data_IsCopied_AndOfBoundedLength()
    {
        var a = await Cluster.StartNodeAsync();
        var data = new byte[PresenceEntry.MaxData];
        await a.Seams.Presence.ListAsync(a.Id, "room", new PresenceEntry("one", null, data));
        data[0] = 1;

        Assert.Equal(0, Assert.Single(await a.Seams.Presence.ReadAsync("room")).Data.Span[0]);
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await a.Seams.Presence.ListAsync(a.Id, "room", new PresenceEntry("two", null, new byte[PresenceEntry.MaxData + 1])));
    }

    [Fact]
    public async Task CutOff_CallsThrow()
    {
        var a = await Cluster.StartNodeAsync();
        Cluster.CutOff(a.Seams, true);

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => ListAsync(a, "one"));
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await a.Seams.Presence.CountAsync("room"));
    }

    private static async Task ListAsync(ClusterNode node, string starling, byte data = 0) =>
        Assert.Equal(
            PresenceStatus.Listed, await node.Seams.Presence.ListAsync(node.Id, "room", new PresenceEntry(starling, null, new[] { data })));
}

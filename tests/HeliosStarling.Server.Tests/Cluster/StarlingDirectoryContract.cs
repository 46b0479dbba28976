namespace HeliosStarling.Cluster;

/// <summary>The contract of <see cref="IStarlingDirectory"/>.</summary>
public abstract class StarlingDirectoryContract : ClusterContract
{
    private const string Id = "starling";
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly LogPosition s_floor = new("epoch", 7);

    [Fact]
    public async Task Claim_WithoutRecord_MakesOne_WithTheStoresTimeAsFence()
    {
        var a = await Cluster.StartNodeAsync();
        var time = (await a.Seams.Lease.RenewAsync(a.Id))!.StoreTime.ToUnixTimeMilliseconds();

        var record = await ClaimAsync(a);

        Assert.Equal((a.Id, false, "ada"), (record.Owner, record.IsClosed, record.Subject));
        Assert.True(record.Fence >= time);
        Assert.Equivalent(record, await a.Directory.ReadAsync(Id));
    }

    [Fact]
    public async Task Claim_OfALivingOwner_IsRefused_AndNamesIt()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var record = await ClaimAsync(a);

        var result = await b.Directory.ClaimAsync(new(Id, b.Id, record.Fence, null, s_hour));

        Assert.Equal((DirectoryStatus.OwnerAlive, a.Id), (result.Status, result.Record!.Owner));
        Assert.Equal(DirectoryStatus.Done, await a.Directory.ProlongAsync(Id, record.Fence, s_hour));
    }

    [Fact]
    public async Task Claim_OfADeadOwner_HasAHigherFence_AndTheGroups()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var record = await ClaimAsync(a);
        await a.Directory.JoinAsync(Id, record.Fence, "room", s_floor);
        await a.Seams.Lease.EndAsync(a.Id);

        var claimed = await ClaimAsync(b, record.Fence);

        Assert.True(claimed.Fence > record.Fence);
        Assert.Equal((b.Id, "ada", s_floor), (claimed.Owner, claimed.Subject, claimed.Groups["room"]));
    }

    [Fact]
    public async Task Claim_ByTwo_WithTheSameExpectedFence_OnlyOneGetsIt()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Cluster.StartNodeAsync()));

        var results = await Task.WhenAll(
            nodes.Select(node => Task.Run(async () => await node.Directory.ClaimAsync(new(Id, node.Id, 0, null, s_hour)))));

        Assert.Single(results, static result => result.IsOwner);
        Assert.All(results.Where(static result => !result.IsOwner), static result => Assert.Equal(DirectoryStatus.Moved, result.Status));
    }

    [Fact]
    public async Task Claim_ByTheOwnerItself_RaisesTheFence()
    {
        var a = await Cluster.StartNodeAsync();
        var first = await ClaimAsync(a);

        var second = await ClaimAsync(a, first.Fence);

        Assert.True(second.Fence > first.Fence);
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.ProlongAsync(Id, first.Fence, s_hour));
    }

    [Fact]
    public async Task Claim_WithoutALease_IsRefused()
    {
        var a = await Cluster.StartNodeAsync();
        await Cluster.PassAsync(Cluster.LeaseTtl);

        Assert.Equal(DirectoryStatus.NodeGone, (await a.Directory.ClaimAsync(new(Id, a.Id, 0, null, s_hour))).Status);

        Assert.Null(await a.Directory.ReadAsync(Id));
    }

    [Fact]
    public async Task ClaimAndHold_RenewTheLease()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        await Cluster.PassAsync(Cluster.LeaseTtl * 0.9);
        var fence = (await ClaimAsync(a)).Fence;
        await Cluster.PassAsync(Cluster.LeaseTtl * 0.9);
        Assert.NotNull(await b.Seams.Lease.FindAsync(a.Id));

        await HoldAsync(a, fence);
        await Cluster.PassAsync(Cluster.LeaseTtl * 0.9);

        Assert.NotNull(await b.Seams.Lease.FindAsync(a.Id));
    }

    [Fact]
    public async Task Answer_NamesTheIdThatAsked()
    {
        var a = await Cluster.StartNodeAsync();

        var result = await a.Directory.ClaimAsync(new(Id, a.Id, 0, null, s_hour));

        Assert.Equal(a.Id, result.Node);
    }

    [Fact]
    public async Task Fence_OfALostRecord_StillGrows()
    {
        var a = await Cluster.StartNodeAsync();
        var earlier = (await ClaimAsync(a)).Fence;
        for (var i = 0; i < 10; i++) earlier = (await ClaimAsync(a, earlier)).Fence;
        await Cluster.PassAsync(s_hour);
        Assert.Null(await a.Directory.ReadAsync(Id));

        var later = (await ClaimAsync(await a.TakeNewLeaseAsync())).Fence;

        Assert.True(later > earlier);
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.ProlongAsync(Id, earlier, s_hour));
    }

    [Fact]
    public async Task Hold_Current_ChangesNothing()
    {
        var a = await Cluster.StartNodeAsync();
        var record = await ClaimAsync(a);

        var held = await HoldAsync(a, record.Fence);

        Assert.Equal((DirectoryStatus.Done, record.Fence), (held.Status, held.Record!.Fence));
    }

    [Fact]
    public async Task Hold_UnderANewId_MakesItTheOwner_WithAHigherFence_AndBeatsAClaimThatReadTheOldOne()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;
        await a.Directory.JoinAsync(Id, fence, "room", s_floor);
        await a.Seams.Lease.EndAsync(a.Id);
        var again = await a.TakeNewLeaseAsync();

        var held = await HoldAsync(again, fence);

        Assert.Equal((DirectoryStatus.Done, again.Id), (held.Status, held.Record!.Owner));
        Assert.True(held.Record.Fence > fence);
        Assert.Equal(s_floor, held.Record.Groups["room"]);
        Assert.Equal(DirectoryStatus.Moved, (await b.Directory.ClaimAsync(new(Id, b.Id, fence, null, s_hour))).Status);
    }

    [Fact]
    public async Task Hold_Repeated_GivesTheSameAnswer()
    {
        var a = await Cluster.StartNodeAsync();
        var fence = (await ClaimAsync(a)).Fence;
        var again = await a.TakeNewLeaseAsync();
        var first = await HoldAsync(again, fence);

        var repeated = await HoldAsync(again, fence);

        Assert.Equivalent(first, repeated);
    }

    [Fact]
    public async Task Hold_OfWhatAnotherClaimed_IsLost_EvenWhenThatOneIsDead()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;
        await a.Seams.Lease.EndAsync(a.Id);
        await ClaimAsync(b, fence);
        var again = await a.TakeNewLeaseAsync();
        Assert.Equal(DirectoryStatus.Lost, (await HoldAsync(again, fence)).Status);

        await b.Seams.Lease.EndAsync(b.Id);

        Assert.Equal(DirectoryStatus.Lost, (await HoldAsync(again, fence)).Status);
    }

    [Fact]
    public async Task Hold_OfAnOlderFence_IsLost()
    {
        var a = await Cluster.StartNodeAsync();
        var first = (await ClaimAsync(a)).Fence;
        await ClaimAsync(a, first);

        Assert.Equal(DirectoryStatus.Lost, (await HoldAsync(a, first)).Status);
    }

    [Fact]
    public async Task Hold_WithoutRecord_MakesOne()
    {
        var a = await Cluster.StartNodeAsync();

        var held = await HoldAsync(a, fence: 5);

        Assert.Equal((DirectoryStatus.Done, a.Id, "ada"), (held.Status, held.Record!.Owner, held.Record.Subject));
        Assert.True(held.Record.Fence > 5);
    }

    [Fact]
    public async Task Hold_WithoutALease_IsRefused()
    {
        var a = await Cluster.StartNodeAsync();
        var fence = (await ClaimAsync(a)).Fence;
        await Cluster.PassAsync(Cluster.LeaseTtl);

        Assert.Equal(DirectoryStatus.NodeGone, (await HoldAsync(a, fence)).Status);
    }

    [Fact]
    public async Task LocalHold_StandsBackFromALivingOwner_AndTakesOverFromADeadOne()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;
        Assert.Equal(DirectoryStatus.OwnerAlive, (await HoldAsync(b, StarlingHold.LocalFence)).Status);
        await a.Seams.Lease.EndAsync(a.Id);

        var held = await HoldAsync(b, StarlingHold.LocalFence);

        Assert.Equal((DirectoryStatus.Done, b.Id), (held.Status, held.Record!.Owner));
        Assert.True(held.Record.Fence > fence);
    }

    [Fact]
    public async Task LocalHold_OfNobodys_TakesIt_AndOfItsOwnRaisesTheFence()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;
        await a.Directory.ReleaseAsync(Id, fence);

        var first = await HoldAsync(b, StarlingHold.LocalFence);
        var second = await HoldAsync(b, StarlingHold.LocalFence);

        Assert.True(first.IsOwner && second.IsOwner);
        Assert.True(second.Record!.Fence > first.Record!.Fence && first.Record.Fence > fence);
    }

    [Fact]
    public async Task Join_OfAGroupThatItIsIn_ChangesNothing()
    {
        var a = await Cluster.StartNodeAsync();
        var fence = (await ClaimAsync(a)).Fence;
        await a.Directory.JoinAsync(Id, fence, "room", s_floor);

        var again = await a.Directory.JoinAsync(Id, fence, "room", new LogPosition("other", 9));

        Assert.Equal((DirectoryStatus.Done, s_floor), (again.Status, again.Floor));
        Assert.Equal(s_floor, (await a.Directory.ReadAsync(Id))!.Groups["room"]);
    }

    [Fact]
    public async Task Leave_TakesItOut_AndRepeatedIsDone_AndItsNextFloorIsANewOne()
    {
        var a = await Cluster.StartNodeAsync();
        var fence = (await ClaimAsync(a)).Fence;
        await a.Directory.JoinAsync(Id, fence, "room", s_floor);
        await a.Directory.JoinAsync(Id, fence, "hall", null);

        Assert.Equal(DirectoryStatus.Done, await a.Directory.LeaveAsync(Id, fence, "room"));
        Assert.Equal(DirectoryStatus.Done, await a.Directory.LeaveAsync(Id, fence, "room"));

        Assert.Equal(["hall"], (await a.Directory.ReadAsync(Id))!.Groups.Keys);
        Assert.Equal(new LogPosition("epoch", 9), (await a.Directory.JoinAsync(Id, fence, "room", new LogPosition("epoch", 9))).Floor);
    }

    [Fact]
    public async Task Changes_WithAFenceThatIsNotCurrent_AreLost_AndChangeNothing()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;
        await a.Seams.Lease.EndAsync(a.Id);
        var record = await ClaimAsync(b, fence);

        Assert.Equal(DirectoryStatus.Lost, (await a.Directory.JoinAsync(Id, fence, "room", s_floor)).Status);
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.LeaveAsync(Id, fence, "room"));
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.ProlongAsync(Id, fence, s_hour));
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.CloseAsync(Id, fence, s_hour));
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.ReleaseAsync(Id, fence));

        Assert.Equivalent(record, await b.Directory.ReadAsync(Id));
    }

    [Fact]
    public async Task Changes_WithoutRecord_AreLost()
    {
        var a = await Cluster.StartNodeAsync();

        Assert.Equal(DirectoryStatus.Lost, (await a.Directory.JoinAsync(Id, 1, "room", s_floor)).Status);
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.ProlongAsync(Id, 1, s_hour));
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.CloseAsync(Id, 1, s_hour));
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.ReleaseAsync(Id, 1));
        Assert.Null(await a.Directory.ReadAsync(Id));
    }

    [Fact]
    public async Task Release_NobodyOwnsIt_GroupsStay_AndAnybodyClaimsItAtOnce()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;
        await a.Directory.JoinAsync(Id, fence, "room", s_floor);

        Assert.Equal(DirectoryStatus.Done, await a.Directory.ReleaseAsync(Id, fence));
        Assert.Equal(DirectoryStatus.Done, await a.Directory.ReleaseAsync(Id, fence));

        Assert.Equal(DirectoryStatus.Lost, (await HoldAsync(a, fence)).Status);
        Assert.Equal(DirectoryStatus.Lost, (await a.Directory.JoinAsync(Id, fence, "hall", null)).Status);
        Assert.Equal(DirectoryStatus.Lost, await a.Directory.CloseAsync(Id, fence, s_hour));
        Assert.Equal(["room"], (await ClaimAsync(b, fence)).Groups.Keys);
    }

    [Fact]
    public async Task Close_NobodyOwnsItAgain()
    {
        var (a, b) = (await Cluster.StartNodeAsync(), await Cluster.StartNodeAsync());
        var fence = (await ClaimAsync(a)).Fence;

        Assert.Equal(DirectoryStatus.Done, await a.Directory.CloseAsync(Id, fence, s_hour));
        Assert.Equal(DirectoryStatus.Done, await a.Directory.CloseAsync(Id, fence, s_hour));

        Assert.Equal(DirectoryStatus.Closed, (await a.Directory.ClaimAsync(new(Id, a.Id, fence, null, s_hour))).Status);
        Assert.Equal(DirectoryStatus.Closed, (await b.Directory.ClaimAsync(new(Id, b.Id, 0, null, s_hour))).Status);
        Assert.Equal(DirectoryStatus.Closed, (await HoldAsync(a, fence)).Status);
        Assert.Equal(DirectoryStatus.Closed, (await HoldAsync(b, StarlingHold.LocalFence)).Status);
        Assert.Equal(DirectoryStatus.Closed, (await a.Directory.JoinAsync(Id, fence, "room", null)).Status);
        Assert.Equal(DirectoryStatus.Closed, await a.Directory.ReleaseAsync(Id, fence));
        var record = await b.Directory.ReadAsync(Id);
        Assert.Equal((true, null), (record!.IsClosed, record.Owner));
    }

    [Fact]
    public async Task Record_LivesAsLongAsItIsProlonged_AndNoProlongingShortensIt()
    {
        var a = await Cluster.StartNodeAsync();
        var fence = (await ClaimAsync(a)).Fence;
        await a.Directory.ProlongAsync(Id, fence, TimeSpan.FromSeconds(1));
        await Cluster.PassAsync(s_hour * 0.9);
        Assert.NotNull(await a.Directory.ReadAsync(Id));

        await a.Directory.ProlongAsync(Id, fence, s_hour);
        await Cluster.PassAsync(s_hour * 0.9);
        Assert.NotNull(await a.Directory.ReadAsync(Id));
        await Cluster.PassAsync(s_hour * 0.2);

        Assert.Null(await a.Directory.ReadAsync(Id));
    }

    [Fact]
    public async Task CutOff_CallsThrow()
    {
        var a = await Cluster.StartNodeAsync();
        Cluster.CutOff(a.Seams, true);

        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await a.Directory.ReadAsync(Id));
        await Assert.ThrowsAsync<ClusterUnavailableException>(async () => await ClaimAsync(a));
    }

    private static async Task<StarlingRecord> ClaimAsync(ClusterNode node, long expected = 0)
    {
        var result = await node.Directory.ClaimAsync(new StarlingClaim(Id, node.Id, expected, "ada", s_hour));
        Assert.Equal(DirectoryStatus.Done, result.Status);
        return result.Record!;
    }

    private static ValueTask<OwnershipResult> HoldAsync(ClusterNode node, long fence) =>
        node.Directory.HoldAsync(new StarlingHold(Id, node.Id, fence, "ada", s_hour));
}

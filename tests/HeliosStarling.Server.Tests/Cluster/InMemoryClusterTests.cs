namespace HeliosStarling.Cluster;

/// <summary>The in-memory cluster only: what clients can make it keep is counted and bounded.</summary>
public sealed class InMemoryClusterTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly LogRetention s_long = new(1000, s_hour, long.MaxValue);

    [Fact]
    public async Task Directory_Full_RefusesNewOnes_AndNobodyLosesAnything_AndForgottenRecordsMakeRoom()
    {
        await using var cluster = new InMemoryFixture(new InMemoryLimits { DirectoryBytes = 64 * 1024 });
        var node = await cluster.StartNodeAsync();
        List<long> fences = [];
        OwnershipResult result;
        while ((result = await ClaimAsync(node, $"{fences.Count}")).IsOwner) fences.Add(result.Record!.Fence);

        Assert.Equal(DirectoryStatus.Full, result.Status);
        Assert.InRange(fences.Count, 50, 64 * 1024 / 100);
        Assert.Equal(DirectoryStatus.Full, (await node.Directory.HoldAsync(new("another", node.Id, 1, null, s_hour))).Status);
        Assert.Equal(DirectoryStatus.Full, (await node.Directory.JoinAsync("0", fences[0], new string('x', 256), null)).Status);
        Assert.Equal(DirectoryStatus.Done, await node.Directory.ProlongAsync("0", fences[0], s_hour));
        await cluster.PassAsync(s_hour);

        node = await node.TakeNewLeaseAsync();
        Assert.Null(await node.Directory.ReadAsync("0"));
        Assert.Equal(0, cluster.Shared.Directory.Bytes);
        Assert.True((await ClaimAsync(node, "another")).IsOwner);
    }

    [Fact]
    public async Task Directory_Groups_AreCounted_AndFreeAfterLeaving()
    {
        await using var cluster = new InMemoryFixture();
        var node = await cluster.StartNodeAsync();
        var fence = (await ClaimAsync(node, "one")).Record!.Fence;
        var before = cluster.Shared.Directory.Bytes;

        await node.Directory.JoinAsync("one", fence, new string('x', 256), new LogPosition("epoch", 1));
        Assert.True(cluster.Shared.Directory.Bytes > before + 512);
        await node.Directory.LeaveAsync("one", fence, new string('x', 256));

        Assert.Equal(before, cluster.Shared.Directory.Bytes);
    }

    [Fact]
    public async Task Presence_Full_RefusesMore_AndEndsWithItsNode()
    {
        await using var cluster = new InMemoryFixture(new InMemoryLimits { PresenceBytes = 64 * 1024 });
        var node = await cluster.StartNodeAsync();
        var listed = 0;
        while (await node.Seams.Presence.ListAsync(
            node.Id, $"{listed % 3}", new PresenceEntry($"{listed}", null, new byte[100])) == PresenceStatus.Listed) listed++;

        Assert.InRange(listed, 50, 64 * 1024 / 100);
        await node.Seams.Lease.EndAsync(node.Id);

        Assert.Equal(0, cluster.Shared.Presence.Bytes);
    }

    [Fact]
    public async Task Logs_Full_TheLargestOneLosesItsOldestMessages()
    {
        await using var cluster = new InMemoryFixture(new InMemoryLimits { HistoryBytes = 256 * 1024 });
        var logs = cluster.AddNode().Logs;
        await AppendAsync(logs, "small", 1000);

        for (var i = 0; i < 500; i++) await AppendAsync(logs, "large", 1000);

        Assert.InRange(cluster.Shared.Logs.Bytes, 200 * 1024, 256 * 1024);
        var small = (await logs.ReadAsync(new GroupLogQuery("small", s_long))).State;
        Assert.Equal((1, 1), (small.First, small.Last));
        var large = (await logs.ReadAsync(new GroupLogQuery("large", s_long))).State;
        Assert.True(large.First > 1);
        Assert.Equal(500, large.Last);
    }

    [Fact]
    public async Task Logs_ManyWithoutMessages_AreForgotten_AndTheBoundHolds()
    {
        await using var cluster = new InMemoryFixture(new InMemoryLimits { HistoryBytes = 64 * 1024 });
        var logs = cluster.AddNode().Logs;

        for (var i = 0; i < 1000; i++)
        {
            await logs.ReadAsync(new GroupLogQuery($"group {i}", s_long));
            Assert.InRange(cluster.Shared.Logs.Bytes, 0, 64 * 1024);
        }

        Assert.Equal(AppendStatus.Appended, (await AppendAsync(logs, "room", 1000)).Status);
        Assert.Equal(AppendStatus.Full, (await AppendAsync(logs, "room", 65 * 1024)).Status);
        Assert.Equal(1, (await logs.ReadAsync(new GroupLogQuery("room", s_long))).State.Last);
    }

    [Fact]
    public async Task Logs_Forgotten_TakeNothing()
    {
        await using var cluster = new InMemoryFixture();
        var logs = cluster.AddNode().Logs;
        for (var i = 0; i < 20; i++) await AppendAsync(logs, "room", 100);
        cluster.FailOver(3);
        await cluster.PassAsync(s_hour * 10);

        var empty = (await logs.ReadAsync(new GroupLogQuery("room", s_long))).State;

        Assert.Equal(0, empty.Last);
        Assert.Equal(GroupLogEntry.SizeOf("room"), cluster.Shared.Logs.Bytes);
    }

    [Fact]
    public async Task SlowReceiver_WhatWaitsIsBounded_Counted_AndTheSubscriptionBreaks()
    {
        await using var cluster = new InMemoryFixture();
        var (a, b) = (cluster.AddNode(), cluster.AddNode());
        using var go = new ManualResetEventSlim();
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow =
            new Listener { OnText = text => Assert.True(text != "first" || (came.TrySetResult() && go.Wait(TimeSpan.FromSeconds(30)))) };
        await b.Backplane.SubscribeAsync(BackplaneChannel.All, slow);
        var first = Task.Run(async () => await a.Backplane.PublishAsync(BackplaneChannel.All, "first"u8.ToArray()));
        await came.Task.InTime();

        for (var i = 0; i < 20; i++) await a.Backplane.PublishAsync(BackplaneChannel.All, new byte[100 * 1024]);
        Assert.InRange(cluster.Memory.Rented, 1, InMemorySubscription<int>.MaxBytes);
        go.Set();
        await first.InTime();

        Assert.Equal(["first", "missed unknown of anybody"], slow.Heard.Take(2));
        Assert.Equal(0, cluster.Memory.Rented);
    }

    private static ValueTask<OwnershipResult> ClaimAsync(ClusterNode node, string starling) =>
        node.Directory.ClaimAsync(new StarlingClaim(starling, node.Id, 0, null, s_hour));

    private static ValueTask<AppendResult> AppendAsync(IGroupLog logs, string group, int length) =>
        logs.AppendAsync(new GroupAppend(group, AppendKey.Id(Guid.NewGuid().ToString()), new byte[length], s_long));
}

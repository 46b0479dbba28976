using CsCheck;

namespace HeliosStarling.Cluster;

/// <summary>Random steps of several nodes: at most one node holds a starling, and fences grow.</summary>
public abstract class StarlingDirectoryModelContract : ClusterContract
{
    private const string Id = "starling";
    private static readonly TimeSpan s_keep = TimeSpan.FromSeconds(45);
    private static readonly Gen<(int Node, Step Step)[]> s_steps =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, (int)Step.WaitLong]).Select(static (node, step) => (node, (Step)step)).Array[1, 60];

    private enum Step
    {
        Read,
        Claim,
        ClaimWhatItReads,
        Hold,
        HoldLocally,
        Renew,
        Join,
        Leave,
        Release,
        Close,
        End,
        Wait,
        WaitLong,
    }

    [Fact]
    public async Task Steps_OfThreeNodes_InAnyOrder_KeepTheRules() =>
        await s_steps.SampleAsync(
            async steps =>
            {
                await using var cluster = CreateCluster();
                var run = new Run(cluster, await cluster.StartNodeAsync(), await cluster.StartNodeAsync(), await cluster.StartNodeAsync());
                foreach (var (node, step) in steps)
                {
                    await run.TakeAsync(node, step);
                    await run.CheckAsync();
                }
            },
            iter: 300,
            print: static steps => string.Join(' ', steps.Select(static step => $"{step.Step}@{step.Node}")));

    private sealed class Run(ClusterFixture cluster, params ClusterNode[] nodes)
    {
        private readonly long[] _expected = new long[nodes.Length];

        // The fence with which each node believes to hold the starling; 0 when it does not.
        private readonly long[] _believes = new long[nodes.Length];
        private readonly HashSet<string> _groups = [];
        private long _highest;
        private bool _isClosed;

        public async Task TakeAsync(int i, Step step)
        {
            var node = nodes[i];
            switch (step)
            {
                case Step.Read:
                    _expected[i] = (await node.Directory.ReadAsync(Id))?.Fence ?? 0;
                    break;
                case Step.Claim:
                    await ClaimAsync(i);
                    break;
                case Step.ClaimWhatItReads:
                    await TakeAsync(i, Step.Read);
                    await ClaimAsync(i);
                    break;
                case Step.Hold when _believes[i] != 0:
                    await OwnAsync(i, () => node.Directory.HoldAsync(new(Id, node.Id, _believes[i], null, s_keep)));
                    break;
                case Step.HoldLocally:
                    await OwnAsync(i, () => node.Directory.HoldAsync(new(Id, node.Id, StarlingHold.LocalFence, null, s_keep)));
                    break;
                case Step.Renew:
                    if (await node.Seams.Lease.RenewAsync(node.Id) is null) nodes[i] = await node.TakeNewLeaseAsync();
                    break;
                case Step.Join when _believes[i] != 0:
                    if (Obey(i, (await node.Directory.JoinAsync(Id, _believes[i], $"group {i}", null)).Status)) _groups.Add($"group {i}");
                    break;
                case Step.Leave when _believes[i] != 0:
                    if (Obey(i, await node.Directory.LeaveAsync(Id, _believes[i], $"group {i}"))) _groups.Remove($"group {i}");
                    break;
                case Step.Release when _believes[i] != 0:
                    if (Obey(i, await node.Directory.ReleaseAsync(Id, _believes[i]))) _believes[i] = 0;
                    break;
                // Rarely, because nothing can happen to the starling afterwards.
                case Step.Close when _believes[i] != 0 && _groups.Count >= 2:
                    if (Obey(i, await node.Directory.CloseAsync(Id, _believes[i], s_keep))) (_believes[i], _isClosed) = (0, true);
                    break;
                case Step.End:
                    await node.Seams.Lease.EndAsync(node.Id);
                    break;
                case Step.Wait:
                    await cluster.PassAsync(cluster.LeaseTtl * 0.6);
                    break;
                case Step.WaitLong:
                    await cluster.PassAsync(cluster.LeaseTtl * 2);
                    break;
            }
        }

        public async Task CheckAsync()
        {
            var record = await nodes[0].Directory.ReadAsync(Id);
            if (record is null)
            {
                // The record had expired.
                (_isClosed, _) = (false, _groups.RemoveWhere(static _ => true));
                return;
            }
            Assert.True(record.Fence >= _highest, "A fence went back.");
            Assert.Equal(_groups.Order(), record.Groups.Keys.Order());
            Assert.Equal(_isClosed, record.IsClosed);
            Assert.True(_believes.Count(fence => fence == record.Fence) <= 1, "Two hold the current fence.");
            Assert.True(record.Owner is null || _believes.Max() == record.Fence, "The owner does not know of it.");
        }

        private Task ClaimAsync(int i) =>
            OwnAsync(i, () => nodes[i].Directory.ClaimAsync(new(Id, nodes[i].Id, _expected[i], null, s_keep)), _expected[i]);

        private async Task OwnAsync(int i, Func<ValueTask<OwnershipResult>> ask, long? expected = null)
        {
            var before = await nodes[0].Directory.ReadAsync(Id);
            var living = before?.Owner is { } owner && await nodes[0].Seams.Lease.FindAsync(owner) is not null ? owner : null;
            var result = await ask();
            if (!result.IsOwner)
            {
                if (result.Status is not (DirectoryStatus.NodeGone or DirectoryStatus.Moved)) _believes[i] = 0;
                return;
            }
            Assert.False(_isClosed && before is not null, "A closed starling is owned again.");
            Assert.NotNull(await nodes[0].Seams.Lease.FindAsync(nodes[i].Id));
            var fence = result.Record!.Fence;
            Assert.True(fence > _highest || fence == _believes[i], "A fence was given twice.");
            (_believes[i], _highest) = (fence, Math.Max(_highest, fence));
            Assert.Equal(nodes[i].Id, result.Record.Owner);
            Assert.True(expected is null || expected == (before?.Fence ?? 0), "It was claimed with another fence than the expected one.");
            Assert.True(living is null || living.IsOfSameProcess(nodes[i].Id), "It was taken from a living owner.");
        }

        // Whether the change was made. A node that has lost the starling stops.
        private bool Obey(int i, DirectoryStatus status)
        {
            if (status == DirectoryStatus.Done) return true;
            Assert.True(status is DirectoryStatus.Lost or DirectoryStatus.Closed, $"{status}");
            _believes[i] = 0;
            return false;
        }
    }
}

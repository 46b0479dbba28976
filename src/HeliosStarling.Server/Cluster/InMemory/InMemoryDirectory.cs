namespace HeliosStarling;

/// <summary>The directory as an in-memory node sees it.</summary>
internal sealed class InMemoryDirectory(InMemoryNode node, InMemoryCluster cluster) : IStarlingDirectory
{
    private DirectoryTable Table => cluster.Directory;

    public ValueTask<StarlingRecord?> ReadAsync(string starling, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Read(starling, now), cancellationToken);

    public ValueTask<OwnershipResult> ClaimAsync(StarlingClaim claim, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Claim(claim, now), cancellationToken);

    public ValueTask<OwnershipResult> HoldAsync(StarlingHold hold, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Hold(hold, now), cancellationToken);

    public ValueTask<JoinResult> JoinAsync(
        string starling, long fence, string group, LogPosition? floor, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Join(starling, fence, group, floor, now), cancellationToken);

    public ValueTask<DirectoryStatus> LeaveAsync(
        string starling, long fence, string group, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Leave(starling, fence, group, now), cancellationToken);

    public ValueTask<DirectoryStatus> ProlongAsync(
        string starling, long fence, TimeSpan keepFor, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Prolong(starling, fence, keepFor, now), cancellationToken);

    public ValueTask<DirectoryStatus> CloseAsync(
        string starling, long fence, TimeSpan keepFor, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Close(starling, fence, keepFor, now), cancellationToken);

    public ValueTask<DirectoryStatus> ReleaseAsync(string starling, long fence, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => Table.Release(starling, fence, now), cancellationToken);
}

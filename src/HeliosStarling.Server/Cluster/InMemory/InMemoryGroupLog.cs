namespace HeliosStarling;

/// <summary>The logs of groups as an in-memory node sees them.</summary>
internal sealed class InMemoryGroupLog(InMemoryNode node, InMemoryCluster cluster) : IGroupLog
{
    // The memory of a waiting message, without its bytes, which the log has as well.
    private const int Overhead = 96;

    public async ValueTask<AppendResult> AppendAsync(GroupAppend append, CancellationToken cancellationToken = default)
    {
        var (result, reached) = await node.AskAsync(now => Append_NeedsLock(append, now), cancellationToken).ConfigureAwait(false);
        foreach (var subscription in reached) subscription.Deliver();
        return result;
    }

    public ValueTask<GroupLogSlice> ReadAsync(GroupLogQuery query, CancellationToken cancellationToken = default) =>
        node.AskAsync(now => cluster.Logs.Read(query, now), cancellationToken);

    public ValueTask<IAsyncDisposable> SubscribeAsync(
        string group, IGroupLogReceiver receiver, CancellationToken cancellationToken = default)
    {
        var subscription = new InMemorySubscription<GroupLogMessage>(
            node, cluster.LogChannels.Memory, receiver.OnAppended, receiver.OnBroken, static message => Overhead + message.Bytes.Length);
        return node.AskAsync<IAsyncDisposable>(
            _ =>
            {
                cluster.LogChannels.Add(group, subscription);
                return new Unsubscriber(() => End(group, subscription));
            },
            cancellationToken);
    }

    private void End(string group, InMemorySubscription<GroupLogMessage> subscription)
    {
        lock (cluster.Lock) cluster.LogChannels.Remove(group, subscription);
    }

    private (AppendResult Result, List<InMemorySubscription<GroupLogMessage>> Reached) Append_NeedsLock(
        GroupAppend append, DateTimeOffset now)
    {
        var (result, published) = cluster.Logs.Append(append, now);
        return (result, published is null ? [] : cluster.LogChannels.Send(append.Group, published, sender: null));
    }
}

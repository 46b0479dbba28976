namespace HeliosStarling;

/// <summary>The backplane as an in-memory node sees it.</summary>
internal sealed class InMemoryBackplane(InMemoryNode node, InMemoryCluster cluster) : IBackplane
{
    /// <summary>The time after which a silent sender repeats its last number.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    // The memory of a waiting message, without its bytes.
    private const int Overhead = 96;

    // The channels used within the last second. This field and the next two are used under the lock of the cluster.
    private readonly Dictionary<BackplaneChannel, OutgoingRun> _outgoing = [];
    private long _runs;
    private bool _isArmed;
    private ITimer? _timer;

    public async ValueTask PublishAsync(
        BackplaneChannel channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        var sent = new BackplaneMessage(channel, node.Process, message.ToArray());
        var (reached, toArm) = await node.AskAsync(now => Send_NeedsLock(sent, now), cancellationToken).ConfigureAwait(false);
        foreach (var subscription in reached) subscription.Deliver();
        if (toArm) Arm(Silence);
    }

    public ValueTask<IAsyncDisposable> SubscribeAsync(
        BackplaneChannel channel, IBackplaneReceiver receiver, CancellationToken cancellationToken = default)
    {
        var inbox = new BackplaneInbox(channel, receiver);
        var subscription = new InMemorySubscription<BackplaneDelivery>(
            node, cluster.Channels.Memory, inbox.Deliver, inbox.Break, static delivery => Overhead + delivery.Message.Bytes.Length);
        return node.AskAsync<IAsyncDisposable>(
            _ =>
            {
                cluster.Channels.Add(channel, subscription);
                return new Unsubscriber(() => End(channel, subscription));
            },
            cancellationToken);
    }

    private void End(BackplaneChannel channel, InMemorySubscription<BackplaneDelivery> subscription)
    {
        lock (cluster.Lock) cluster.Channels.Remove(channel, subscription);
    }

    private (List<InMemorySubscription<BackplaneDelivery>> Reached, bool ToArm) Send_NeedsLock(BackplaneMessage message, DateTimeOffset now)
    {
        if (!_outgoing.TryGetValue(message.Channel, out var run)) _outgoing.Add(message.Channel, run = new OutgoingRun(++_runs));
        var toArm = !_isArmed;
        _isArmed = true;
        return (cluster.Channels.Send(message.Channel, new BackplaneDelivery(message, run.Next(now), IsRepetition: false), node), toArm);
    }

    private void Arm(TimeSpan wait)
    {
        _timer ??= cluster.Time.CreateTimer(
            static backplane => ((InMemoryBackplane)backplane!).RepeatSilent(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void RepeatSilent()
    {
        var now = cluster.Time.GetUtcNow();
        List<InMemorySubscription<BackplaneDelivery>> reached = [];
        TimeSpan? wait;
        lock (cluster.Lock)
        {
            if (node.IsCutOff)
            {
                wait = Silence;
            }
            else
            {
                foreach (var (channel, run) in _outgoing.Where(outgoing => outgoing.Value.LastAt + Silence <= now).ToArray())
                    reached.AddRange(Repeat_NeedsLock(channel, run));
                wait = _outgoing.Count == 0 ? null : _outgoing.Values.Min(static run => run.LastAt) + Silence - now;
            }
            _isArmed = wait is not null;
        }
        foreach (var subscription in reached) subscription.Deliver();
        if (wait is { } left) Arm(left);
    }

    // The run ends, so that a silent channel needs no memory.
    private List<InMemorySubscription<BackplaneDelivery>> Repeat_NeedsLock(BackplaneChannel channel, OutgoingRun run)
    {
        _outgoing.Remove(channel);
        return cluster.Channels.Send(
            channel, new BackplaneDelivery(new BackplaneMessage(channel, node.Process, default), run.Last, IsRepetition: true), node);
    }
}

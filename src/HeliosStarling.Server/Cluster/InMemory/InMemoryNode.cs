namespace HeliosStarling;

/// <summary>One node of a cluster in memory.</summary>
internal sealed class InMemoryNode
{
    private readonly InMemoryCluster _cluster;
    private bool _isCutOff;
    private int _toLose;

    public InMemoryNode(InMemoryCluster cluster)
    {
        _cluster = cluster;
        Seams = new ClusterSeams
        {
            Lease = new InMemoryLease(this, cluster),
            Directory = new InMemoryDirectory(this, cluster),
            Backplane = new InMemoryBackplane(this, cluster),
            Link = new InMemoryLink(this, cluster.Links),
            Logs = new InMemoryGroupLog(this, cluster),
            Presence = new InMemoryPresence(this, cluster),
        };
    }

    /// <summary>What the node has of the cluster.</summary>
    public ClusterSeams Seams { get; }

    public string Process { get; } = RandomText.Make();

    /// <summary>The id under which the node took its last lease; null when it has taken none.</summary>
    public NodeId? Current { get; set; }

    /// <summary>Whether other nodes cannot reach this one, nor it them, though all of them reach the store.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>
    /// Whether the node does not reach the store: its calls throw <see cref="ClusterUnavailableException"/>, and its subscriptions hear
    /// nothing. Afterwards they are told that they broke.
    /// </summary>
    public bool IsCutOff
    {
        get => Volatile.Read(ref _isCutOff);
        set
        {
            Volatile.Write(ref _isCutOff, value);
            if (value) return;
            List<Action> deliveries = [];
            lock (_cluster.Lock)
            {
                _cluster.Channels.Break(this, deliveries);
                _cluster.LogChannels.Break(this, deliveries);
            }
            foreach (var deliver in deliveries) deliver();
        }
    }

    /// <summary>The next messages that are published by others or to logs do not come to this node.</summary>
    /// <param name="messages">How many; one that several of its subscriptions would hear counts for each of them.</param>
    public void LoseNext(int messages)
    {
        lock (_cluster.Lock) _toLose = messages;
    }

    /// <summary>Whether the next message that is published comes to this node.</summary>
    public bool Hears()
    {
        if (IsCutOff) return false;
        if (_toLose == 0) return true;
        _toLose--;
        return false;
    }

    /// <summary>Asks the store, in one step.</summary>
    public ValueTask<T> AskAsync<T>(Func<DateTimeOffset, T> ask, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<T>(cancellationToken);
        if (IsCutOff) return ValueTask.FromException<T>(new ClusterUnavailableException());
        var now = _cluster.Time.GetUtcNow();
        lock (_cluster.Lock)
        {
            _cluster.Leases.RemoveExpired(now);
            return ValueTask.FromResult(ask(now));
        }
    }
}

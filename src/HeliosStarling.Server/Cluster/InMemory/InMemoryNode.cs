namespace HeliosStarling;

/// <summary>A node of an in-memory cluster.</summary>
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

    /// <summary>The cluster as the node sees it.</summary>
    public ClusterSeams Seams { get; }

    public string Process { get; } = RandomText.Make();

    /// <summary>The id of the node's last lease; null when it has taken none.</summary>
    public NodeId? Current { get; set; }

    /// <summary>Whether this node and other nodes cannot reach each other, although all reach the store.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>
    /// Whether the node cannot reach the store: its calls throw <see cref="ClusterUnavailableException"/>, and its subscriptions receive
    /// nothing. Afterwards its subscriptions are reported as broken.
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

    /// <summary>Loses the next messages to this node, from the backplane and from logs.</summary>
    /// <param name="messages">The number of messages. A message to several subscriptions of the node counts for each of them.</param>
    public void LoseNext(int messages)
    {
        lock (_cluster.Lock) _toLose = messages;
    }

    /// <summary>Whether the next published message reaches this node.</summary>
    public bool Hears()
    {
        if (IsCutOff) return false;
        if (_toLose == 0) return true;
        _toLose--;
        return false;
    }

    /// <summary>Runs a function on the store in one step.</summary>
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

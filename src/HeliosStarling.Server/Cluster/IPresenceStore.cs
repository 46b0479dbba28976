namespace HeliosStarling;

/// <summary>Says who is in a group.</summary>
/// <remarks>
/// <para>Guaranteed: somebody is in a group as long as a living node lists them. What a node listed ends with its lease.</para>
/// <para>Guaranteed: a starling that several nodes list, as happens for a moment when it changes its owner, counts once. The
/// entry that was listed last is shown.</para>
/// <para>May be repeated: every call.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface IPresenceStore
{
    /// <summary>Lists a starling in a group, in place of what the node listed of it before.</summary>
    /// <param name="node">The node that has it.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="entry">Who it is; its data is copied before the call returns.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The data is longer than <see cref="PresenceEntry.MaxData"/>.</exception>
    ValueTask<PresenceStatus> ListAsync(NodeId node, string group, PresenceEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Ends what a node listed of a starling in a group.</summary>
    /// <param name="node">The node.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="starling">The starling's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask RemoveAsync(NodeId node, string group, string starling, CancellationToken cancellationToken = default);

    /// <summary>Who is in a group, each once, in no particular order.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="limit">How many at most. Default all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<PresenceEntry>> ReadAsync(
        string group, int limit = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>How many are in a group, each counted once.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<int> CountAsync(string group, CancellationToken cancellationToken = default);
}

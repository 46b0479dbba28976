namespace HeliosStarling;

/// <summary>Knows who is present in a group.</summary>
/// <remarks>
/// <para>Guaranteed: a starling is present in a group while a node that is alive lists it. The listings of a node end with its
/// lease.</para>
/// <para>Guaranteed: a starling that several nodes list counts once, and its newest entry is returned. That happens for a moment when its
/// owner changes.</para>
/// <para>May be repeated: every call.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface IPresenceStore
{
    /// <summary>Lists a starling in a group. It replaces the node's earlier entry of the starling.</summary>
    /// <param name="node">The node of the starling.</param>
    /// <param name="group">The name of the group.</param>
    /// <param name="entry">The entry; its data is copied before the call returns.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="ArgumentException">The data is longer than <see cref="PresenceEntry.MaxData"/>.</exception>
    ValueTask<PresenceStatus> ListAsync(NodeId node, string group, PresenceEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Removes a node's entry of a starling in a group.</summary>
    /// <param name="node">The node.</param>
    /// <param name="group">The name of the group.</param>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask RemoveAsync(NodeId node, string group, string starling, CancellationToken cancellationToken = default);

    /// <summary>Gets the starlings that are present in a group, each once, in any order.</summary>
    /// <param name="group">The name of the group.</param>
    /// <param name="limit">The maximum number of entries. Default all.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<IReadOnlyList<PresenceEntry>> ReadAsync(
        string group, int limit = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Gets the number of starlings that are present in a group, each counted once.</summary>
    /// <param name="group">The name of the group.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<int> CountAsync(string group, CancellationToken cancellationToken = default);
}

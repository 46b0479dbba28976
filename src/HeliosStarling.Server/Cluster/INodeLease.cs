namespace HeliosStarling;

/// <summary>Knows which nodes are alive. A node is alive while it renews its lease.</summary>
/// <remarks>
/// <para>Guaranteed: a lease that has ended never returns with the same id. So a dead node stays dead, and a lease and the data that refers
/// to it may be read one after the other.</para>
/// <para>Guaranteed: time is the store's time. No rule relies on the clock of a node.</para>
/// <para>May be repeated: every call. A repeated <see cref="TakeAsync"/> creates another lease. The one whose answer was lost
/// expires.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface INodeLease
{
    /// <summary>Takes a lease for this process, always with a new id. An earlier lease of the process expires by itself.</summary>
    /// <param name="address">The address at which other nodes reach this node.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<LeaseTerm> TakeAsync(string address, CancellationToken cancellationToken = default);

    /// <summary>Renews a lease. It never creates one.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The renewed lease; null when the lease is gone. Then the node takes a new one and holds its starlings again
    /// (<see cref="IStarlingDirectory.HoldAsync"/>).</returns>
    ValueTask<LeaseTerm?> RenewAsync(NodeId node, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease, as the last step of a node that stops. A lease that is gone is ignored.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask EndAsync(NodeId node, CancellationToken cancellationToken = default);

    /// <summary>Gets the address of a node that is alive; null when it is dead.</summary>
    /// <param name="node">The node.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<string?> FindAsync(NodeId node, CancellationToken cancellationToken = default);
}

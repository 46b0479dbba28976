namespace HeliosStarling;

/// <summary>Says which nodes are alive. A node is alive as long as it renews its lease.</summary>
/// <remarks>
/// <para>Guaranteed: a lease that is gone never comes back under the same id. So "dead" stays true, and a lease and what refers to it may
/// be read one after the other.</para>
/// <para>Guaranteed: time is the store's. No rule trusts the clock of a node.</para>
/// <para>May be repeated: every call. A repeated <see cref="TakeAsync"/> makes one more lease; the one whose answer was lost runs
/// out.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface INodeLease
{
    /// <summary>Takes a lease for this process, always under a new id. A lease that it already has runs out by itself.</summary>
    /// <param name="address">Where other nodes reach the listener for nodes of this one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<LeaseTerm> TakeAsync(string address, CancellationToken cancellationToken = default);

    /// <summary>Prolongs a lease. It never makes one.</summary>
    /// <param name="node">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the lease is gone. The node then takes a new one and holds again what it has
    /// (<see cref="IStarlingDirectory.HoldAsync"/>).</returns>
    ValueTask<LeaseTerm?> RenewAsync(NodeId node, CancellationToken cancellationToken = default);

    /// <summary>Ends a lease, the last step of a node that stops. Nothing happens when it is gone already.</summary>
    /// <param name="node">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask EndAsync(NodeId node, CancellationToken cancellationToken = default);

    /// <summary>The address of a node that is alive; null when it is dead.</summary>
    /// <param name="node">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<string?> FindAsync(NodeId node, CancellationToken cancellationToken = default);
}

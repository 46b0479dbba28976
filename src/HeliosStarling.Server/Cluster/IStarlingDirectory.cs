namespace HeliosStarling;

/// <summary>Knows which node owns a starling. Each starling has one record, created before its first token leaves the node.</summary>
/// <remarks>
/// <para>Guaranteed: when several nodes hold a fence for a starling, only one of them holds the record's fence, and only that node can
/// change the record. A fence is at least the store's time in milliseconds, so it grows even when a record was lost.</para>
/// <para>Guaranteed: a starling is never taken from a node that is alive. A closed starling is never owned again while its record
/// exists.</para>
/// <para>Guaranteed: a claim and a hold renew the lease of the calling node first. Without a lease the node gets
/// <see cref="DirectoryStatus.NodeGone"/>.</para>
/// <para>May be repeated: every call, after a lost answer. A repeated claim gets <see cref="DirectoryStatus.Moved"/>: the node reads that
/// it is the owner itself and claims again. All other calls get the same answer again.</para>
/// <para>May be lost: a record, when the store loses its last writes. The owner notices it with its next call, and <see cref="HoldAsync"/>
/// creates the record again, without groups.</para>
/// <para>The caller makes one call at a time for each starling. Otherwise it is safe to call concurrently. Every call throws
/// <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface IStarlingDirectory
{
    /// <summary>Gets the record of a starling; null when there is none.</summary>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<StarlingRecord?> ReadAsync(string starling, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a node the owner, with a new fence, if the fence is still the expected one and the starling has no owner, a dead owner, or
    /// this process as its owner.
    /// </summary>
    /// <param name="claim">The claim.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<OwnershipResult> ClaimAsync(StarlingClaim claim, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ensures that a node still owns a starling. With the current fence and the node's current id nothing changes. With the current fence
    /// and an older id of the process, or without a record, the node gets a new fence. With a local fence it gets one if the starling has
    /// no owner, a dead owner, or this process as its owner.
    /// </summary>
    /// <param name="hold">The hold.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<OwnershipResult> HoldAsync(StarlingHold hold, CancellationToken cancellationToken = default);

    /// <summary>Adds a starling to a group. Nothing changes if it is in the group already.</summary>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="group">The name of the group.</param>
    /// <param name="floor">The position after which messages belong to the starling; null for a group without history.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<JoinResult> JoinAsync(
        string starling, long fence, string group, LogPosition? floor, CancellationToken cancellationToken = default);

    /// <summary>Removes a starling from a group.</summary>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="group">The name of the group.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<DirectoryStatus> LeaveAsync(string starling, long fence, string group, CancellationToken cancellationToken = default);

    /// <summary>Prolongs the life of the record. It never becomes shorter.</summary>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="keepFor">The minimum time to keep the record from now on.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<DirectoryStatus> ProlongAsync(string starling, long fence, TimeSpan keepFor, CancellationToken cancellationToken = default);

    /// <summary>Closes a starling for good. It has no owner any more, and no node can claim it.</summary>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="keepFor">The minimum time to keep the record: until the last token has expired, and a minute more.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<DirectoryStatus> CloseAsync(string starling, long fence, TimeSpan keepFor, CancellationToken cancellationToken = default);

    /// <summary>Releases a starling. It has no owner any more, stays in its groups, and any node may claim it at once.</summary>
    /// <param name="starling">The id of the starling.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<DirectoryStatus> ReleaseAsync(string starling, long fence, CancellationToken cancellationToken = default);
}

namespace HeliosStarling;

/// <summary>Says which node owns a starling. One record for each, made before its first token leaves the node.</summary>
/// <remarks>
/// <para>Guaranteed: of the nodes that hold a fence for a starling, only one holds the record's fence, and only that one can change the
/// record. A fence is at least the store's time in milliseconds, so it also grows where a record was lost.</para>
/// <para>Guaranteed: a starling of a living node is never taken from it, and one that was closed is never owned again while its record
/// lasts.</para>
/// <para>Guaranteed: a claim and a hold renew the lease of the asking node first. Without a lease it gets
/// <see cref="DirectoryStatus.NodeGone"/>.</para>
/// <para>May be repeated: every call, after a lost answer. A repeated claim gets <see cref="DirectoryStatus.Moved"/>; the node reads that
/// it is the owner itself and claims again. All others get the same answer again.</para>
/// <para>May be lost: a record, when the store loses its last writes. The owner learns it with its next call, and <see cref="HoldAsync"/>
/// makes the record again, without groups.</para>
/// <para>The caller does one thing at a time for each starling. Safe to call concurrently otherwise. Every call throws
/// <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface IStarlingDirectory
{
    /// <summary>The record of a starling; null when there is none.</summary>
    /// <param name="starling">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StarlingRecord?> ReadAsync(string starling, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a node the owner, with a new fence, if the fence is still the expected one and the owner is nobody, dead, or this process.
    /// </summary>
    /// <param name="claim">What is asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<OwnershipResult> ClaimAsync(StarlingClaim claim, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes sure that a node still owns what it has. With the current fence under its current id nothing changes. The current fence under
    /// an older id of the process, and a record that is gone, give it a new fence. A local fence gives it one if the owner is nobody, dead,
    /// or this process.
    /// </summary>
    /// <param name="hold">What is asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<OwnershipResult> HoldAsync(StarlingHold hold, CancellationToken cancellationToken = default);

    /// <summary>Puts a starling into a group. Joining a group that it is in changes nothing.</summary>
    /// <param name="starling">Its id.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="floor">What comes after it is the starling's own; null for a group without history.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<JoinResult> JoinAsync(
        string starling, long fence, string group, LogPosition? floor, CancellationToken cancellationToken = default);

    /// <summary>Takes a starling out of a group.</summary>
    /// <param name="starling">Its id.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="group">The group's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<DirectoryStatus> LeaveAsync(string starling, long fence, string group, CancellationToken cancellationToken = default);

    /// <summary>Keeps the record for longer. The time is never shortened.</summary>
    /// <param name="starling">Its id.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="keepFor">How long to keep it at least, from now on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<DirectoryStatus> ProlongAsync(string starling, long fence, TimeSpan keepFor, CancellationToken cancellationToken = default);

    /// <summary>Closes a starling for good. Nobody owns it any more, and nobody can claim it.</summary>
    /// <param name="starling">Its id.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="keepFor">How long to keep the record at least: as long as the last token is good, and a minute more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<DirectoryStatus> CloseAsync(string starling, long fence, TimeSpan keepFor, CancellationToken cancellationToken = default);

    /// <summary>Gives a starling up: nobody owns it, its groups stay, and any node may claim it at once.</summary>
    /// <param name="starling">Its id.</param>
    /// <param name="fence">The current fence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<DirectoryStatus> ReleaseAsync(string starling, long fence, CancellationToken cancellationToken = default);
}

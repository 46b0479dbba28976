namespace HeliosStarling;

/// <summary>Keeps the newest messages of groups with history.</summary>
/// <remarks>
/// <para>Guaranteed: offsets are 1, 2, 3 … without holes, and in one epoch no offset means two messages. Before it does anything, each call
/// looks at the epoch. If there is no log it begins one, without a previous epoch. If the store may have lost its last writes it begins a
/// new epoch, in which messages and offsets go on.</para>
/// <para>Guaranteed: a message is appended and published in one step, and read with the state of the log in one step.</para>
/// <para>May be repeated: an append, with the same key, until it is answered. It is kept once.</para>
/// <para>May be lost: a publication. Receivers subscribe first and read the log afterwards; a gap in the offsets, a new epoch, or a look
/// from time to time shows what is missing. Messages beyond the limits go, and <see cref="GroupLogState.First"/> says so. Floors are kept
/// by the
/// <see cref="IStarlingDirectory"/>; the log knows no members.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer; an append
/// may then have happened.</para>
/// </remarks>
internal interface IGroupLog
{
    /// <summary>Appends a message and publishes it to all nodes that are subscribed, this one included.</summary>
    /// <param name="append">The message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<AppendResult> AppendAsync(GroupAppend append, CancellationToken cancellationToken = default);

    /// <summary>Reads messages.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<GroupLogSlice> ReadAsync(GroupLogQuery query, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a log. What is appended after the call has returned comes, or can be read.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="receiver">Who takes the messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Disposing of it ends the subscription. A call that has begun may still go on.</returns>
    ValueTask<IAsyncDisposable> SubscribeAsync(string group, IGroupLogReceiver receiver, CancellationToken cancellationToken = default);
}

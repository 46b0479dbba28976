namespace HeliosStarling;

/// <summary>Stores the newest messages of groups with history.</summary>
/// <remarks>
/// <para>Guaranteed: offsets are 1, 2, 3 … without gaps, and in one epoch an offset belongs to one message only. Each call checks the epoch
/// first. If there is no log, it begins one without a previous epoch. If the store may have lost its last writes, it begins a new epoch in
/// which messages and offsets continue.</para>
/// <para>Guaranteed: a message is appended and published in one step, and read together with the state of the log in one step.</para>
/// <para>May be repeated: an append with the same key, until it is answered. The message is stored once.</para>
/// <para>May be lost: a publication. Receivers subscribe first and then read the log. A gap in the offsets, a new epoch or a regular read
/// shows missing messages. Messages beyond the limits are removed, and <see cref="GroupLogState.First"/> shows it. Floors are stored by the
/// <see cref="IStarlingDirectory"/>, because the log does not know any members.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer. An append
/// may then have been made.</para>
/// </remarks>
internal interface IGroupLog
{
    /// <summary>Appends a message and publishes it to all subscribed nodes, including this one.</summary>
    /// <param name="append">The message.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<AppendResult> AppendAsync(GroupAppend append, CancellationToken cancellationToken = default);

    /// <summary>Reads messages.</summary>
    /// <param name="query">Selects the messages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<GroupLogSlice> ReadAsync(GroupLogQuery query, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a log. A message that is appended after the call has returned arrives or can be read.</summary>
    /// <param name="group">The name of the group.</param>
    /// <param name="receiver">Receives the messages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The subscription. Dispose it to end it. A call of the receiver that has begun may still run.</returns>
    ValueTask<IAsyncDisposable> SubscribeAsync(string group, IGroupLogReceiver receiver, CancellationToken cancellationToken = default);
}

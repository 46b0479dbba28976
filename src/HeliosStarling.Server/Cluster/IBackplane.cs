namespace HeliosStarling;

/// <summary>Carries messages from one node to others, at most once.</summary>
/// <remarks>
/// <para>Guaranteed: the messages of one node in one channel come in the order in which they were published. There is no order between
/// senders or between channels.</para>
/// <para>Guaranteed: a message comes at most once, and never to the node that published it. That node delivers it itself.</para>
/// <para>May be lost: any message. Messages carry a number for each sender and channel, so the next one that comes shows the gap. After a
/// second of silence a sender repeats its last number, so a lost last message shows, too. What was published before a subscription, or
/// before the first message that it heard of a sender, is not reported. Nor is a burst whose messages and repetition were all lost, if
/// nothing follows.</para>
/// <para>When <see cref="PublishAsync"/> throws, the message may have reached some nodes, all, or none. Publishing again makes a second
/// message.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface IBackplane
{
    /// <summary>Publishes a message to all other nodes that are subscribed to a channel. It waits for none of them.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="message">What; copied before the call returns.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask PublishAsync(BackplaneChannel channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a channel. What is published after the call has returned comes, or is reported as lost.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="receiver">Who takes the messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Disposing of it ends the subscription. A call that has begun may still go on.</returns>
    ValueTask<IAsyncDisposable> SubscribeAsync(
        BackplaneChannel channel, IBackplaneReceiver receiver, CancellationToken cancellationToken = default);
}

namespace HeliosStarling;

/// <summary>Sends messages from one node to others, at most once.</summary>
/// <remarks>
/// <para>Guaranteed: messages of one node in one channel arrive in the order in which they were published. There is no order between
/// senders or between channels.</para>
/// <para>Guaranteed: a message arrives at most once, and never at the node that published it. That node delivers it itself.</para>
/// <para>May be lost: any message. Messages are numbered for each sender and channel, so the next message shows a gap. After a second of
/// silence a sender repeats its last number, so the loss of its last message is noticed, too. Not reported are messages from before the
/// subscription or before the first message of a sender that arrived. A burst is not reported either, if all its messages and the
/// repetition are lost and nothing follows.</para>
/// <para>When <see cref="PublishAsync"/> throws, the message may have reached all, some or no nodes. Publishing it again creates a second
/// message.</para>
/// <para>Safe to call concurrently. Every call throws <see cref="ClusterUnavailableException"/> when the store does not answer.</para>
/// </remarks>
internal interface IBackplane
{
    /// <summary>Publishes a message to all other nodes that are subscribed to a channel. It does not wait for them.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The content; copied before the call returns.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask PublishAsync(BackplaneChannel channel, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to a channel. A message that is published after the call has returned arrives or is reported as lost.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="receiver">Receives the messages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The subscription. Dispose it to end it. A call of the receiver that has begun may still run.</returns>
    ValueTask<IAsyncDisposable> SubscribeAsync(
        BackplaneChannel channel, IBackplaneReceiver receiver, CancellationToken cancellationToken = default);
}

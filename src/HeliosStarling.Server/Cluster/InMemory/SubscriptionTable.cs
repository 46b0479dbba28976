using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>The subscriptions to each channel.</summary>
/// <remarks>Used under the lock of the cluster.</remarks>
internal sealed class SubscriptionTable<TChannel, T>(BufferPool memory)
    where TChannel : notnull
{
    private readonly Dictionary<TChannel, List<InMemorySubscription<T>>> _channels = [];

    public BufferPool Memory => memory;

    public void Add(TChannel channel, InMemorySubscription<T> subscription)
    {
        ref var subscriptions = ref CollectionsMarshal.GetValueRefOrAddDefault(_channels, channel, out _);
        (subscriptions ??= new(1)).Add(subscription);
    }

    public void Remove(TChannel channel, InMemorySubscription<T> subscription)
    {
        subscription.End();
        if (!_channels.TryGetValue(channel, out var subscriptions)) return;
        subscriptions.Remove(subscription);
        if (subscriptions.Count == 0) _channels.Remove(channel);
    }

    /// <summary>Adds a message to the queues of a channel's subscriptions.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">A node that does not get the message; null when all nodes get it.</param>
    /// <returns>The subscriptions that must deliver after the lock is released.</returns>
    public List<InMemorySubscription<T>> Send(TChannel channel, T message, InMemoryNode? sender)
    {
        if (!_channels.TryGetValue(channel, out var subscriptions)) return [];
        var reached = subscriptions.FindAll(subscription => subscription.Node != sender && subscription.Node.Hears());
        foreach (var subscription in reached) subscription.Add(message);
        return reached;
    }

    /// <summary>Breaks all subscriptions of a node, and adds the deliveries to make after the lock is released.</summary>
    public void Break(InMemoryNode node, List<Action> deliveries)
    {
        foreach (var subscription in _channels.Values
            .SelectMany(static subscriptions => subscriptions)
            .Where(subscription => subscription.Node == node))
        {
            subscription.Break();
            deliveries.Add(subscription.Deliver);
        }
    }
}

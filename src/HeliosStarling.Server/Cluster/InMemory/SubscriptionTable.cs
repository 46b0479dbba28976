using System.Runtime.InteropServices;

namespace HeliosStarling;

/// <summary>Who is subscribed to which channel.</summary>
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

    /// <summary>Puts a message into the subscriptions to a channel.</summary>
    /// <param name="channel">Which.</param>
    /// <param name="message">What.</param>
    /// <param name="sender">A node that does not get it; null when all get it.</param>
    /// <returns>Those that have something to deliver, once the lock is released.</returns>
    public List<InMemorySubscription<T>> Send(TChannel channel, T message, InMemoryNode? sender)
    {
        if (!_channels.TryGetValue(channel, out var subscriptions)) return [];
        var reached = subscriptions.FindAll(subscription => subscription.Node != sender && subscription.Node.Hears());
        foreach (var subscription in reached) subscription.Add(message);
        return reached;
    }

    /// <summary>Breaks all subscriptions of a node, and adds what is to be delivered once the lock is released.</summary>
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

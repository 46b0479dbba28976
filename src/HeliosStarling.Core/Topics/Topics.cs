using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The topics that this side listens to.</summary>
/// <remarks>Safe to call concurrently, also while connections run.</remarks>
public sealed class Topics
{
    private readonly Lock _lock = new();

    // Sorted by priority, highest first, then by registration; replaced as a whole, so that dispatch needs no lock.
    private volatile Subscription[] _subscriptions = [];

    internal Topics()
    {
    }

    /// <summary>The patterns that have a handler, in the order in which handlers run.</summary>
    public IReadOnlyList<string> Patterns => [.. _subscriptions.Select(subscription => subscription.Pattern.Text).Distinct()];

    internal Subscription[] Subscriptions => _subscriptions;

    internal IDisposable Add(string pattern, int priority, NotificationHandler handler)
    {
        var subscription = new Subscription(this, TopicPattern.Parse(pattern), priority, handler);
        lock (_lock) _subscriptions = [.. _subscriptions.Append(subscription).OrderByDescending(other => other.Priority)];
        return subscription;
    }

    internal void Remove(Subscription subscription)
    {
        lock (_lock) _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
    }
}

using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The topics that this side listens to.</summary>
/// <remarks>Safe to call concurrently, also while there are connections.</remarks>
public sealed class Topics
{
    private readonly Lock _lock = new();

    // Sorted by descending priority and then by registration. A change replaces the array, so that dispatch needs no lock.
    private Subscription[] _all = [];
    private volatile TopicIndex _index = new([]);

    internal Topics()
    {
    }

    /// <summary>The patterns that have a handler, in the order in which handlers run.</summary>
    public IReadOnlyList<string> Patterns => [.. Volatile.Read(ref _all).Select(subscription => subscription.Pattern.Text).Distinct()];

    /// <summary>Rejects handlers that are registered too late. Null: no guard.</summary>
    internal RegistrationGuard? Guard { get; init; }

    internal TopicIndex Index => _index;

    internal IDisposable Add(string pattern, int priority, NotificationHandler handler)
    {
        Guard?.ThrowIfEnded();
        var subscription = new Subscription(this, TopicPattern.Parse(pattern), priority, handler);
        lock (_lock) Replace_NeedsLock([.. _all.Append(subscription).OrderByDescending(other => other.Priority)]);
        return subscription;
    }

    internal void Remove(Subscription subscription)
    {
        lock (_lock) Replace_NeedsLock([.. _all.Where(other => other != subscription)]);
    }

    private void Replace_NeedsLock(Subscription[] all)
    {
        Volatile.Write(ref _all, all);
        _index = new TopicIndex(all);
    }
}

using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>Finds a topic's subscriptions without trying every pattern for every message: what matches is remembered per topic.</summary>
/// <remarks>Immutable but for what it remembers; safe to use concurrently.</remarks>
internal sealed class TopicIndex
{
    // Topics come from the peer: beyond this many, new ones are matched each time, so that nobody can fill the memory.
    private const int MaxRemembered = 1024;

    private readonly Subscription[] _subscriptions;
    private readonly ConcurrentDictionary<string, TopicMatch> _matches = new(NameComparer.Instance);
    private readonly ConcurrentDictionary<string, TopicMatch>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private int _remembered;

    public TopicIndex(Subscription[] subscriptions)
    {
        _subscriptions = subscriptions;
        _byUtf8 = _matches.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public TopicMatch Find(ReadOnlySpan<byte> topic) => _byUtf8.TryGetValue(topic, out var match) ? match : Match(topic);

    private TopicMatch Match(ReadOnlySpan<byte> topic)
    {
        var name = NameComparer.Instance.Create(topic);
        var match = new TopicMatch(name, [.. _subscriptions.Where(subscription => subscription.Pattern.Matches(name))]);
        if (Volatile.Read(ref _remembered) < MaxRemembered && _matches.TryAdd(name, match)) Interlocked.Increment(ref _remembered);
        return match;
    }
}

/// <summary>A topic and who listens to it, in the order in which handlers run.</summary>
internal sealed record TopicMatch(string Topic, Subscription[] Subscriptions);

using System.Collections.Concurrent;

namespace HeliosStarling;

/// <summary>
/// Finds the subscriptions of a topic. It caches the result for each topic, so that the patterns are not matched for every message.
/// </summary>
/// <remarks>Immutable except for the cache. Safe to use concurrently.</remarks>
internal sealed class TopicIndex
{
    // The maximum number of cached topics. The peer chooses the topics, so an unlimited cache could fill the memory.
    private const int MaxCached = 1024;

    private readonly Subscription[] _subscriptions;
    private readonly ConcurrentDictionary<string, TopicMatch> _matches = new(NameComparer.Instance);
    private readonly ConcurrentDictionary<string, TopicMatch>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private int _cached;

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
        if (Volatile.Read(ref _cached) < MaxCached && _matches.TryAdd(name, match)) Interlocked.Increment(ref _cached);
        return match;
    }
}

/// <summary>A topic and its subscriptions, in the order in which their handlers run.</summary>
internal sealed record TopicMatch(string Topic, Subscription[] Subscriptions);

using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Reads a notification and runs a handler.</summary>
internal delegate ValueTask NotificationHandler(Session session, string topic, in Message message);

/// <summary>A handler of a topic pattern.</summary>
internal sealed class Subscription(Topics topics, TopicPattern pattern, int priority, NotificationHandler handler) : IDisposable
{
    public TopicPattern Pattern => pattern;

    public int Priority => priority;

    public NotificationHandler Handler => handler;

    public void Dispose() => topics.Remove(this);
}

namespace HeliosStarling;

/// <summary>What is said of a topic's handler that a server has registered. Handlers of clients have none of this.</summary>
public static class TopicRegistrationExtensions
{
    /// <summary>Adds a filter of this handler's own, inside those of <see cref="Helios.UseNotification"/>.</summary>
    /// <param name="topic">The topic's handler.</param>
    /// <param name="filter">Calls its second argument to go on; without that call the handler does not run. What it throws is
    /// logged.</param>
    /// <returns>The registration.</returns>
    public static TopicRegistration<TopicContext> Use(
        this TopicRegistration<TopicContext> topic, Func<TopicContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(topic);
        topic.Filters.Add(filter);
        return topic;
    }
}

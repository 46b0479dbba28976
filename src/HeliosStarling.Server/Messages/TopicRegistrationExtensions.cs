namespace HeliosStarling;

/// <summary>Configures topic handlers of a server. Handlers of clients do not have these settings.</summary>
public static class TopicRegistrationExtensions
{
    /// <summary>Adds a filter to this handler. It runs inside the filters of <see cref="Helios.UseNotification"/>.</summary>
    /// <param name="topic">The registration of the topic handler.</param>
    /// <param name="filter">The filter. Its second argument calls the next filter or the handler. Without that call the handler does not
    /// run. An exception is logged.</param>
    /// <returns>The registration.</returns>
    public static TopicRegistration<TopicContext> Use(
        this TopicRegistration<TopicContext> topic, Func<TopicContext, Func<ValueTask>, ValueTask> filter)
    {
        ArgumentNullException.ThrowIfNull(topic);
        topic.Filters.Add(filter);
        return topic;
    }
}

namespace HeliosStarling;

/// <summary>Options of a topic handler.</summary>
/// <typeparam name="TContext">The type of the notification context.</typeparam>
public record TopicOptions<TContext>
{
    /// <summary>
    /// The priority. Handlers with a higher priority run first, those with the same priority in the order of registration. Default 0.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>Selects the notifications that the handler gets. Default null: all that match its pattern.</summary>
    public Func<TContext, bool>? Filter { get; init; }
}

namespace HeliosStarling;

/// <summary>How a topic handler is called.</summary>
/// <typeparam name="TContext">What the handler knows of a notification.</typeparam>
public record TopicOptions<TContext>
{
    /// <summary>Handlers of higher priority run first, equal ones in the order of registration. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Which notifications the handler gets. Default all that match its pattern.</summary>
    public Func<TContext, bool>? Filter { get; init; }
}

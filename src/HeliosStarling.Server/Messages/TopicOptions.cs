namespace HeliosStarling;

/// <summary>How a topic handler is called.</summary>
public sealed record TopicOptions
{
    /// <summary>Handlers of higher priority run first, equal ones in the order of registration. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Which notifications the handler gets. Default all that match its pattern.</summary>
    public Func<TopicContext, bool>? Filter { get; init; }
}

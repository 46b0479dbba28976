namespace HeliosStarling;

/// <summary>How a topic handler of a server is called.</summary>
public sealed record TopicOptions : TopicOptions<TopicContext>;

namespace HeliosStarling;

/// <summary>Options for a topic handler of a server.</summary>
public sealed record TopicOptions : TopicOptions<TopicContext>;

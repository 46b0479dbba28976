namespace HeliosStarling;

/// <summary>Something that happened and has a name.</summary>
public interface INamedEvent
{
    /// <summary>What happened, such as <c>starling:connected</c>.</summary>
    string Name { get; }
}

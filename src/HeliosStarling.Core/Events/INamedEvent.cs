namespace HeliosStarling;

/// <summary>An event that has a name.</summary>
public interface INamedEvent
{
    /// <summary>The name of the event, such as <c>starling:connected</c>.</summary>
    string Name { get; }
}

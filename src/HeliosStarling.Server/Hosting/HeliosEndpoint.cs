namespace HeliosStarling;

/// <summary>Marks the endpoints that <c>MapHelios</c> makes.</summary>
internal sealed record HeliosEndpoint(Helios Helios);

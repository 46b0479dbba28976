namespace HeliosStarling;

/// <summary>Marks the endpoints of <c>MapHelios</c>.</summary>
internal sealed record HeliosEndpoint(Helios Helios);

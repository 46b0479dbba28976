namespace HeliosStarling.Siege;

/// <summary>Milliseconds of many.</summary>
internal sealed record Percentiles(int Count, double P50, double P99, double Max);

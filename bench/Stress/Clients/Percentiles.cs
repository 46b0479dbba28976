namespace HeliosStarling.Stress;

/// <summary>Percentiles of durations, in milliseconds.</summary>
internal sealed record Percentiles(int Count, double P50, double P99, double Max);

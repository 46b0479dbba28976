namespace HeliosStarling;

/// <summary>Which limit a message is over.</summary>
/// <param name="Limit">How many are allowed in its window; 0 when that is not known.</param>
/// <param name="Reset">When the next one is, in Unix milliseconds.</param>
internal readonly record struct RateExcess(int Limit, long Reset);

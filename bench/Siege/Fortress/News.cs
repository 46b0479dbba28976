namespace HeliosStarling.Siege;

/// <summary>What a broadcast says.</summary>
/// <param name="N">Its number, from 1.</param>
/// <param name="At">When it was sent, by the clock that all processes of a machine share.</param>
/// <param name="Padding">Makes it as long as messages are.</param>
internal sealed record News(long N, long At, string Padding);

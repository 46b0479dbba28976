namespace HeliosStarling.Stress;

/// <summary>The data of a broadcast.</summary>
/// <param name="Number">The number of the broadcast, from 1.</param>
/// <param name="SentAt">The time of sending, by the clock that all processes of a machine share.</param>
/// <param name="Padding">Gives the message a typical length.</param>
internal sealed record NumberedBroadcast(long Number, long SentAt, string Padding);

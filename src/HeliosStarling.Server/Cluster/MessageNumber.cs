namespace HeliosStarling;

/// <summary>The number of a message from one sender in one channel.</summary>
/// <param name="Run">The number of the run, which grows. A sender forgets a silent channel and begins a new run later.</param>
/// <param name="Sequence">The number of the message in the run, from 1.</param>
internal readonly record struct MessageNumber(long Run, long Sequence);

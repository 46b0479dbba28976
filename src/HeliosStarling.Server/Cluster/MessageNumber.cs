namespace HeliosStarling;

/// <summary>The number of a message of one sender in one channel.</summary>
/// <param name="Run">A sender forgets a silent channel and later begins a new run. Runs grow.</param>
/// <param name="Sequence">1 for the first message of a run, and one more for each further one.</param>
internal readonly record struct MessageNumber(long Run, long Sequence);

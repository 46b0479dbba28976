namespace HeliosStarling.Micro;

/// <summary>Runs code until the runtime has compiled it with full optimization.</summary>
internal static class JitWarmUp
{
    private const int Rounds = 12;
    private const int Calls = 500;

    // The runtime optimizes hot methods only after a quiet time, which is shorter than this. Benchmarks leave it no quiet time.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs the actions in rounds, with pauses.</summary>
    public static void Run(params ReadOnlySpan<Action> actions)
    {
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var action in actions)
            {
                for (var i = 0; i < Calls; i++) action();
            }
            Thread.Sleep(s_pause);
        }
    }
}

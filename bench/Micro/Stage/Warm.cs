namespace HeliosStarling.Micro;

/// <summary>Brings code to the state in which it stays.</summary>
internal static class Warm
{
    private const int Rounds = 12;
    private const int Calls = 500;

    // Longer than the runtime waits for quiet before it compiles hot methods again: on a busy core it would find no time for that while
    // benchmarks run.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs all of it, with pauses.</summary>
    public static void Up(params ReadOnlySpan<Action> actions)
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

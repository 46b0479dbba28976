namespace HeliosStarling;

/// <summary>Runs two actions at the same moment, many times.</summary>
internal static class Race
{
    /// <param name="rounds">How often.</param>
    /// <param name="prepare">Makes the two actions of a round and the check after it.</param>
    public static void Run(int rounds, Func<(Action First, Action Second, Action Check)> prepare)
    {
        Action? second = null;
        Exception? failure = null;
        var isOver = false;
        var runner = new Thread(() =>
        {
            for (var spinner = new SpinWait(); !Volatile.Read(ref isOver); Spin(ref spinner))
            {
                if (Volatile.Read(ref second) is not { } run) continue;
                failure ??= Record.Exception(run);
                Volatile.Write(ref second, null);
                spinner.Reset();
            }
        });
        runner.Start();
        try
        {
            for (var round = 0; round < rounds && failure is null; round++)
            {
                var (first, other, check) = prepare();
                Volatile.Write(ref second, other);
                first();
                for (var spinner = new SpinWait(); Volatile.Read(ref second) is not null;) Spin(ref spinner);
                check();
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            runner.Join();
        }
        Assert.Null(failure);
    }

    // Without sleeping: waking a thread takes longer than the race.
    private static void Spin(ref SpinWait spinner) => spinner.SpinOnce(sleep1Threshold: -1);
}

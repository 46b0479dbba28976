using System.Runtime.CompilerServices;

namespace HeliosStarling.Fuzz;

/// <summary>Fuzzes one target; exit code 1 means that an input broke it.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        Instrumentation.Apply();
        return Run(args);
    }

    // Apart from Main, so that no instrumented assembly is loaded before it is instrumented.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Run(string[] args)
    {
        IFuzzTarget[] targets = [new ReaderTarget(), new FrameTarget(), new HeadTarget(), new ServerTarget()];
        if (FuzzOptions.Parse(args) is not { } options || Array.Find(targets, target => target.Name == options.Target) is not { } target)
        {
            Console.Error.WriteLine($"""
                usage: <target> [--minutes N] [--seed N] [--replay BASE64]
                targets: {string.Join(", ", targets.Select(target => target.Name))}
                """);
            return 2;
        }

        Console.WriteLine($"{target.Name}: seed {options.Seed}");
        var run = new FuzzRun(target, new Coverage(target.IsConcurrent), options.Seed);
        var finding = options.Replay is { } input ? run.Replay(input) : run.RunFor(TimeSpan.FromMinutes(options.Minutes));
        if (finding is null) return 0;
        Console.WriteLine($"{target.Name}: broken by --replay {Convert.ToBase64String(finding)}");
        return 1;
    }
}

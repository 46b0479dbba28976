using System.Diagnostics;
using System.Globalization;

namespace HeliosStarling.Fuzz;

/// <summary>Runs a target until the time is over or an input breaks an invariant. Keeps inputs that reach new branches.</summary>
internal sealed class FuzzRun(IFuzzTarget target, Coverage coverage, int seed)
{
    private readonly List<byte[]> _corpus = [];
    private readonly Random _random = new(seed);
    private long _executions;
    private byte[] _current = [];

    /// <summary>Fuzzes for <paramref name="duration"/>. Returns the input that broke an invariant, or null.</summary>
    public byte[]? RunFor(TimeSpan duration)
    {
        var mutator = target.NewMutator(_random);
        // An unhandled exception ends the process, which prints the input first.
        AppDomain.CurrentDomain.UnhandledException +=
            (_, _) => Console.WriteLine($"{target.Name}: ended by --replay {Convert.ToBase64String(_current)}");
        var clock = Stopwatch.StartNew();
        var nextReport = TimeSpan.Zero;
        foreach (var input in target.Seeds.Append([]))
        {
            if (!Try(input)) return input;
        }

        while (clock.Elapsed < duration)
        {
            var input = mutator.Mutate(Pick(), Pick());
            if (!Try(input)) return input;
            if (clock.Elapsed < nextReport) continue;
            nextReport = clock.Elapsed + TimeSpan.FromSeconds(30);
            Report(clock.Elapsed);
        }

        Report(clock.Elapsed);
        return null;
    }

    /// <summary>Runs one input. Returns it if it breaks an invariant, otherwise null.</summary>
    public byte[]? Replay(byte[] input) => Try(input) ? null : input;

    private bool Try(byte[] input)
    {
        coverage.Clear();
        _current = input;
        _executions++;
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            Console.WriteLine(e);
            return false;
        }

        if (coverage.TakeNew() || _corpus.Count == 0) _corpus.Add(input);
        return true;
    }

    // Half of the time one of the latest inputs, which reached new branches.
    private byte[] Pick() =>
        _corpus[_random.Next(2) == 0 ? _random.Next(_corpus.Count) : _random.Next(Math.Max(0, _corpus.Count - 20), _corpus.Count)];

    private void Report(TimeSpan elapsed) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{target.Name}: {elapsed:hh\\:mm\\:ss}, {_executions} executions, {coverage.Branches} branches, {_corpus.Count} inputs kept{(target.Figures is { Length: > 0 } figures ? ", " + figures : "")}"));
}

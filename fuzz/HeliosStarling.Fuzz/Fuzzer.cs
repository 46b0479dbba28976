using System.Diagnostics;

namespace HeliosStarling.Fuzz;

/// <summary>An input that broke a target.</summary>
internal sealed record Finding(byte[] Input, Exception Exception);

/// <summary>Mutates a corpus and runs it; what gives a new outcome joins the corpus.</summary>
internal sealed class Fuzzer
{
    // Outcomes are few; this is only so that a talkative target cannot fill the memory.
    private const int MaxCorpus = 20_000;
    private const int RunsBetweenClockReads = 256;

    private readonly IFuzzTarget _target;
    private readonly Coverage? _coverage;
    private readonly Mutator _mutator;
    private readonly HashSet<string> _outcomes = [];
    private readonly List<byte[]> _corpus;
    private long _executions;

    public Fuzzer(IFuzzTarget target, Random random, Coverage? coverage)
    {
        _target = target;
        _coverage = coverage;
        _corpus = [.. target.Seeds];
        _mutator = new Mutator(random, _corpus);
    }

    /// <summary>What the run did so far.</summary>
    public string Summary =>
        $"{_executions:N0} executions, {_corpus.Count} inputs kept, {_outcomes.Count} outcomes, {_coverage?.Branches ?? 0} branches";

    /// <summary>Runs one input; null when nothing broke.</summary>
    public static Finding? Try(IFuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception exception)
        {
            return new Finding(input, exception);
        }
    }

    /// <summary>Runs the seeds, then mutations of them until the time is up or something broke.</summary>
    public Finding? RunFor(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var seed in _corpus.ToArray())
        {
            if (RunOne(seed, isSeed: true) is { } finding) return finding;
        }

        var nextReport = TimeSpan.FromMinutes(1);
        while (true)
        {
            for (var i = 0; i < RunsBetweenClockReads; i++)
            {
                if (RunOne(_mutator.Next(), isSeed: false) is { } finding) return finding;
            }

            var elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed >= time) return null;
            if (elapsed < nextReport) continue;
            Console.WriteLine($"{elapsed:mm\\:ss} {Summary}");
            nextReport += TimeSpan.FromMinutes(1);
        }
    }

    private Finding? RunOne(byte[] input, bool isSeed)
    {
        _executions++;
        if (Try(_target, input) is { } finding) return finding;
        var isNew = _target.Outcome is { } outcome && _outcomes.Add(outcome);
        isNew |= _coverage is not null && _coverage.TakeNew();
        if (isNew && !isSeed && _corpus.Count < MaxCorpus) _corpus.Add(input);
        return null;
    }
}

namespace HeliosStarling.Samples.Chat.Jobs;

/// <summary><c>heavy:compute</c>: a long job that reports its progress and can be cancelled. It counts primes.</summary>
internal sealed class HeavyCompute(Helios helios)
{
    private const int Below = 10_000_000;
    private const int Steps = 100;

    // Two at a time, so that a room full of impatient people leaves the machine some air; the others wait their turn.
    private static readonly SemaphoreSlim s_lanes = new(2);

    public void Register() =>
        helios.Method<Computed>("heavy:compute", ComputeAsync, new() { Timeout = TimeSpan.FromMinutes(2) });

    private async ValueTask<Computed> ComputeAsync(RequestContext context)
    {
        await s_lanes.WaitAsync(context.CancellationToken);
        try
        {
            return await CountAsync(context);
        }
        finally
        {
            s_lanes.Release();
        }
    }

    private static async ValueTask<Computed> CountAsync(RequestContext context)
    {
        const int size = Below / Steps;
        var found = 0;
        await context.ProgressAsync(new JobProgress(0, found));
        for (var step = 0; step < Steps; step++)
        {
            var start = step * size;
            found += await Task.Run(() => Primes.Count(start, start + size), context.CancellationToken);
            await context.ProgressAsync(new JobProgress(step + 1, found));
        }
        return new Computed(Below, found);
    }
}

/// <param name="Percent">0 to 100.</param>
/// <param name="Found">Primes so far.</param>
internal sealed record JobProgress(int Percent, int Found);

/// <summary>So many primes lie below this number.</summary>
internal sealed record Computed(int Below, int Primes);

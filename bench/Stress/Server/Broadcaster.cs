using System.Diagnostics;

namespace HeliosStarling.Stress;

/// <summary>Sends numbered broadcasts to the group.</summary>
internal sealed class Broadcaster(Helios helios)
{
    private static readonly string s_padding = new('.', 100);
    private long _number;

    /// <summary>The number of broadcasts sent so far.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>Sends <paramref name="count"/> broadcasts at a fixed interval.</summary>
    /// <returns>The number of the last broadcast.</returns>
    public async Task<long> BroadcastAsync(int count, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        for (var i = 0; i < count; i++)
        {
            await BroadcastAsync();
            await timer.WaitForNextTickAsync();
        }
        return Number;
    }

    /// <summary>Sends one broadcast.</summary>
    public async Task BroadcastAsync() =>
        await helios.Starlings.Group(TargetServer.Group).BroadcastAsync(
            TargetServer.BroadcastTopic, new NumberedBroadcast(Interlocked.Increment(ref _number), Stopwatch.GetTimestamp(), s_padding));
}

using System.Diagnostics;

namespace HeliosStarling.Siege;

/// <summary>Sends numbered broadcasts to the group.</summary>
internal sealed class Speaker(Helios helios)
{
    private static readonly string s_padding = new('.', 100);
    private long _number;

    /// <summary>How many it has sent so far.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>Sends some, evenly spaced.</summary>
    /// <returns>The number of the last one.</returns>
    public async Task<long> SpeakAsync(int count, TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval);
        for (var i = 0; i < count; i++)
        {
            await SpeakAsync();
            await timer.WaitForNextTickAsync();
        }
        return Number;
    }

    /// <summary>Sends one.</summary>
    public async Task SpeakAsync() =>
        await helios.Starlings.Group(Fortress.Group).BroadcastAsync(
            Fortress.News, new News(Interlocked.Increment(ref _number), Stopwatch.GetTimestamp(), s_padding));
}

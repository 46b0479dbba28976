namespace HeliosStarling.Wire;

/// <summary>The longest wait for an event that must happen. Passing tests never wait that long.</summary>
internal static class Bound
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Time);

    public static Task InTime(this Task task) => task.WaitAsync(Time);

    /// <summary>For conditions without an event, for example a returned buffer.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Time, $"In {Time.TotalSeconds} s it did not happen that {what}.");
            await timer.WaitForNextTickAsync();
        }
    }
}

namespace HeliosStarling.Wire;

/// <summary>How long a test waits for something that must happen; passing tests never wait that long.</summary>
internal static class Bound
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(20);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Time);

    public static Task InTime(this Task task) => task.WaitAsync(Time);

    /// <summary>For what the server tells nobody, such as giving a buffer back.</summary>
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

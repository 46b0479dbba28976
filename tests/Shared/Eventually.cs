using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Bounded waits. They end with the awaited event or fail with a message that names it.</summary>
internal static class Eventually
{
    // Far longer than a busy machine needs. Only a failing test waits so long.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for the task.</summary>
    public static async Task InTime(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        if (await Task.WhenAny(task, Task.Delay(s_limit)) != task) Assert.Fail($"No event within {s_limit}: {what}");
        await task;
    }

    /// <inheritdoc cref="InTime(Task, string)"/>
    public static async Task<T> InTime<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await InTime((Task)task, what);
        return await task;
    }

    /// <inheritdoc cref="InTime(Task, string)"/>
    public static Task<T> InTime<T>(this StarlingRequest<T> request) => InTime(request.Answer, request.Method);

    /// <summary>Waits for a condition without an event.</summary>
    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var limit = new CancellationTokenSource(s_limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"No event within {s_limit}: {what}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}

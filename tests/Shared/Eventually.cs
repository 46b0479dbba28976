using System.Runtime.CompilerServices;

namespace HeliosStarling;

/// <summary>Waits that end: with what is waited for, or soon enough with a failure that names it.</summary>
internal static class Eventually
{
    // Far above what a busy machine needs; only a test that fails waits so long.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for the task.</summary>
    public static async Task InTime(this Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        if (await Task.WhenAny(task, Task.Delay(s_limit)) != task) Assert.Fail($"Waited {s_limit} in vain for: {what}");
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

    /// <summary>Waits for something that nothing announces.</summary>
    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var limit = new CancellationTokenSource(s_limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!condition())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"Waited {s_limit} in vain for: {what}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}

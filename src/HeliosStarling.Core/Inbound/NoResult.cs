namespace HeliosStarling;

/// <summary>Adapts handlers without a result to handlers with a result.</summary>
internal static class NoResult
{
    public static Func<T, ValueTask<object?>> Of<T>(Action<T> handler) => value =>
    {
        handler(value);
        return default;
    };

    public static Func<T, ValueTask<object?>> Of<T>(Func<T, ValueTask> handler) => value => After(handler(value));

    public static Func<T, ValueTask<object?>> Of<T>(Func<T, Task> handler) => value => After(new ValueTask(handler(value)));

    /// <summary>Completes when the handler does.</summary>
    public static ValueTask Wait<TResult>(ValueTask<TResult> running)
    {
        return running.IsCompletedSuccessfully ? Done(running.Result) : WaitAsync(running);

        static ValueTask Done(TResult _) => default;
        static async ValueTask WaitAsync(ValueTask<TResult> running) => await running.ConfigureAwait(false);
    }

    private static ValueTask<object?> After(ValueTask running)
    {
        if (!running.IsCompletedSuccessfully) return AfterAsync(running);
        running.GetAwaiter().GetResult();
        return default;
    }

    private static async ValueTask<object?> AfterAsync(ValueTask running)
    {
        await running.ConfigureAwait(false);
        return null;
    }
}

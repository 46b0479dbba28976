namespace HeliosStarling;

/// <summary>Runs filters around what they guard.</summary>
internal static class FilterChain
{
    /// <summary>Runs the first filter, which runs the second by calling its argument, and so on to <paramref name="innermost"/>.</summary>
    /// <param name="loop">Keeps filters off the I/O threads, whichever thread the one before went on with; null when there is no need.</param>
    /// <param name="filters">The filters.</param>
    /// <param name="context">What they are given.</param>
    /// <param name="innermost">What they guard.</param>
    /// <returns>Whether all went on, so that the innermost was reached.</returns>
    public static async ValueTask<bool> RunAsync<TContext>(EventLoop? loop, Func<TContext, Func<ValueTask>, ValueTask>[] filters, TContext context, Func<ValueTask> innermost)
    {
        var isReached = false;
        await StartAsync(0).ConfigureAwait(false);
        return isReached;

        ValueTask StartAsync(int index) => loop is null ? NextAsync(index) : EventLoop.StartAsync(NextAsync, index);

        ValueTask NextAsync(int index)
        {
            if (index < filters.Length) return filters[index](context, () => StartAsync(index + 1));
            isReached = true;
            return innermost();
        }
    }
}

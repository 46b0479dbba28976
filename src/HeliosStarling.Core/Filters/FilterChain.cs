namespace HeliosStarling;

/// <summary>Runs filters around what they guard.</summary>
internal static class FilterChain
{
    /// <summary>Runs the first filter, which runs the second by calling its argument, and so on to <paramref name="innermost"/>.</summary>
    /// <param name="filters">The filters.</param>
    /// <param name="context">What they are given.</param>
    /// <param name="innermost">What they guard.</param>
    /// <returns>Whether all went on, so that the innermost was reached.</returns>
    public static async ValueTask<bool> RunAsync<TContext>(
        Func<TContext, Func<ValueTask>, ValueTask>[] filters, TContext context, Func<ValueTask> innermost)
    {
        var isReached = false;
        await NextAsync(0).ConfigureAwait(false);
        return isReached;

        ValueTask NextAsync(int index)
        {
            if (index < filters.Length) return filters[index](context, () => NextAsync(index + 1));
            isReached = true;
            return innermost();
        }
    }
}

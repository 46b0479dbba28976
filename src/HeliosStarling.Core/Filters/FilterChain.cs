namespace HeliosStarling;

/// <summary>Runs filters around a function.</summary>
internal static class FilterChain
{
    /// <summary>
    /// Runs the first filter, which calls its argument to run the second, and so on until <paramref name="innermost"/> runs.
    /// </summary>
    /// <param name="filters">The filters, outermost first.</param>
    /// <param name="context">The context that each filter gets.</param>
    /// <param name="innermost">The function that the filters surround.</param>
    /// <returns>True when all filters called their argument, so that <paramref name="innermost"/> ran.</returns>
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

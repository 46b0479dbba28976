namespace HeliosStarling;

/// <summary>Decides whether something comes in: null lets it pass, a failure is what its sender gets instead.</summary>
/// <remarks>A refusal is a value: attackers cause many, and a thrown one costs a hundred times as much.</remarks>
internal delegate ValueTask<HeliosException?> Guard<in TContext>(TContext context);

/// <summary>Asks guards.</summary>
internal static class Guards
{
    /// <summary>The first refusal; null when all let it pass.</summary>
    /// <param name="guards">The guards.</param>
    /// <param name="context">What they are asked about.</param>
    public static async ValueTask<HeliosException?> AskAsync<TContext>(Guard<TContext>[] guards, TContext context)
    {
        foreach (var guard in guards)
        {
            if (await guard(context).ConfigureAwait(false) is { } refusal) return refusal;
        }
        return null;
    }
}

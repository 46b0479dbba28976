namespace HeliosStarling;

/// <summary>Decides whether a message is handled. Null accepts it. An error refuses it and is sent to its sender.</summary>
/// <remarks>
/// A refusal is a return value, because attackers can cause many refusals, and an exception would cost about a hundred times as much.
/// </remarks>
internal delegate ValueTask<HeliosException?> Guard<in TContext>(TContext context);

/// <summary>Runs guards.</summary>
internal static class Guards
{
    /// <summary>Runs the guards in order and returns the first refusal; null when all accept.</summary>
    /// <param name="guards">The guards.</param>
    /// <param name="context">The context that each guard gets.</param>
    public static async ValueTask<HeliosException?> AskAsync<TContext>(Guard<TContext>[] guards, TContext context)
    {
        foreach (var guard in guards)
        {
            if (await guard(context).ConfigureAwait(false) is { } refusal) return refusal;
        }
        return null;
    }
}

namespace HeliosStarling;

/// <summary>Decides which upgrade requests come in: the same for both listeners.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class UpgradeGate(Helios helios)
{
    private readonly Lock _lock = new();
    private volatile Func<UpgradeContext, Func<ValueTask>, ValueTask>[] _filters = [];

    public void Use(Func<UpgradeContext, Func<ValueTask>, ValueTask> filter)
    {
        lock (_lock) _filters = [.. _filters, filter];
    }

    /// <summary>Checks a request, and takes a place for its connection when it may come in.</summary>
    /// <returns>The refusal, or how to accept it.</returns>
    public async ValueTask<(Refusal? Refusal, UpgradeAcceptance? Acceptance)> EnterAsync(IUpgradeRequest request, UpgradeContext context)
    {
        var (refusal, acceptance) = await CheckAsync(request, context).ConfigureAwait(false);
        if (refusal is null && !helios.Connections.TryEnter()) refusal = NoRoom;
        if (refusal is not null) helios.Engine.Logger.UpgradeRefused(refusal.Status, refusal.Code);
        return (refusal, acceptance);
    }

    private Refusal NoRoom => helios.Connections.IsStopping
        ? Refusals.Draining(helios.Options.ConnectionTimeout)
        : Refusals.ConnectionLimit(helios.Options.ConnectionTimeout);

    private async ValueTask<(Refusal? Refusal, UpgradeAcceptance? Acceptance)> CheckAsync(IUpgradeRequest request, UpgradeContext context)
    {
        if (!helios.Connections.HasRoom) return (NoRoom, null);
        if (UpgradeRules.CheckOrigin(request, helios.Options.AllowedOrigins) is { } foreign) return (foreign, null);
        if (await FilterAsync(context).ConfigureAwait(false) is { } refusal) return (refusal, null);
        return (UpgradeRules.CheckHandshake(request, out var acceptance), acceptance);
    }

    private async ValueTask<Refusal?> FilterAsync(UpgradeContext context)
    {
        try
        {
            return await RunFiltersAsync(context).ConfigureAwait(false) ? null : context.Refusal ?? Refusals.ByFilter;
        }
        catch (Exception exception) when (!context.Aborted.IsCancellationRequested)
        {
            helios.Engine.Logger.UpgradeFilterFailed(exception);
            return Refusals.FilterFailed;
        }
    }

    /// <summary>Runs the application's filters, each of which goes on by calling the next.</summary>
    private async ValueTask<bool> RunFiltersAsync(UpgradeContext context)
    {
        var filters = _filters;
        var passed = false;
        await NextAsync(0).ConfigureAwait(false);
        return passed && context.Refusal is null;

        ValueTask NextAsync(int index)
        {
            if (context.Refusal is not null) return default;
            if (index < filters.Length) return filters[index](context, () => NextAsync(index + 1));
            passed = true;
            return default;
        }
    }
}

using System.Net;

namespace HeliosStarling;

/// <summary>Accepts or refuses upgrade requests, for both listeners.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class UpgradeGate(Node node, Connections connections)
{
    private readonly AddressCounts? _perAddress = node.Options.MaxConnectionsPerAddress is { } limit ? new AddressCounts(limit) : null;
    private readonly WarningLimit _warnings = new(node.Options.TimeProvider);

    /// <summary>The application's filters.</summary>
    public AppendList<Func<UpgradeContext, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>
    /// Checks a request and takes a place for its connection. <see cref="Leave"/> gives the place back.
    /// </summary>
    /// <returns>The refusal, or the acceptance when there is none.</returns>
    public async ValueTask<(Refusal? Refusal, UpgradeAcceptance? Acceptance)> EnterAsync(IUpgradeRequest request, UpgradeContext context)
    {
        var (refusal, acceptance) = await CheckAsync(request, context).ConfigureAwait(false);
        if (refusal is null) refusal = TakePlace(acceptance!.Address = context.RemoteAddress);
        if (refusal is not null) OnRefused(refusal);
        return (refusal, acceptance);
    }

    /// <summary>Gives back the place of a connection.</summary>
    /// <param name="address">The address of the acceptance. The address of the context may have changed since.</param>
    public void Leave(IPAddress? address)
    {
        _perAddress?.Remove(address);
        connections.Leave();
    }

    /// <summary>Counts an attempt to connect.</summary>
    /// <returns>The refusal when the address is over its limit; else null.</returns>
    public Refusal? CountAttempt(IPAddress? address)
    {
        var tooMany = node.RateLimits.CheckUpgrade(address);
        if (tooMany is not null) node.Metrics.RateLimited("upgrade");
        return tooMany;
    }

    /// <summary>Counts an accepted request.</summary>
    public void OnAccepted(IUpgradeRequest request) => node.Metrics.UpgradeAccepted(request.IsHttp2Connect);

    /// <summary>Logs and counts a refused request.</summary>
    public void OnRefused(Refusal refusal)
    {
        node.Engine.Logger.UpgradeRefused(refusal.Status, refusal.Code);
        if (refusal.LogsWarning && _warnings.TryTake(out var unlogged))
            node.Engine.Logger.UpgradeRefusedByOption(refusal.Message, unlogged);
        node.Metrics.UpgradeRefused(refusal);
    }

    /// <summary>The refusal when there is no room for any connection.</summary>
    public Refusal NoRoom => connections.IsStopping
        ? Refusals.Draining(node.Options.ConnectionTimeout)
        : Refusals.ConnectionLimit(node.Options.ConnectionTimeout);

    // Called after the filters, which may set the address.
    private Refusal? TakePlace(IPAddress? address)
    {
        if (!connections.TryEnter()) return NoRoom;
        if (_perAddress is null || _perAddress.TryAdd(address)) return null;
        connections.Leave();
        return Refusals.AddressLimit(node.Options.ConnectionTimeout);
    }

    private async ValueTask<(Refusal? Refusal, UpgradeAcceptance? Acceptance)> CheckAsync(IUpgradeRequest request, UpgradeContext context)
    {
        if (!context.IsCounted && CountAttempt(context.RemoteAddress) is { } tooMany) return (tooMany, null);
        if (!connections.HasRoom) return (NoRoom, null);
        if (CheckHostAndOrigin(request, context) is { } notAllowed) return (notAllowed, null);
        if (await FilterAsync(context).ConfigureAwait(false) is { } refusal) return (refusal, null);
        if (context.ExpiresAt <= node.Engine.Time.GetUtcNow()) return (Refusals.AuthExpired, null);
        if (!ClientLimit.TryRead(context.Query, out _)) return (Refusals.BadLimit, null);
        return (UpgradeRules.CheckHandshake(request, out var acceptance), acceptance);
    }

    private Refusal? CheckHostAndOrigin(IUpgradeRequest request, UpgradeContext context)
    {
        var hosts = node.Options.AllowedHosts;
        return UpgradeRules.CheckHost(request, hosts)
            ?? UpgradeRules.CheckOrigin(request, node.Options.AllowedOrigins, context.IsLoopbackOnly && hosts.Count == 0);
    }

    private async ValueTask<Refusal?> FilterAsync(UpgradeContext context)
    {
        try
        {
            var isPassed = await FilterChain.RunAsync(Filters.All, context, static () => default).ConfigureAwait(false);
            return context.Refusal ?? (isPassed ? null : Refusals.ByFilter);
        }
        catch (Exception exception) when (!context.Aborted.IsCancellationRequested)
        {
            node.Engine.Logger.UpgradeFilterFailed(exception);
            return Refusals.FilterFailed;
        }
    }
}

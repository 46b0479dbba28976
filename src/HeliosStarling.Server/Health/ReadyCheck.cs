using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HeliosStarling;

/// <summary>Checks whether a server can accept new clients: it does not drain, and no limit is reached.</summary>
internal sealed class ReadyCheck(Helios helios) : IHealthCheck
{
    // The share of a limit from which the server is degraded.
    private const double Near = 0.9;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (status, why) = helios.Connections.IsStopping ? (HealthStatus.Unhealthy, "The server stops.") : CheckLimits();
        if (status == HealthStatus.Unhealthy) status = context.Registration.FailureStatus;
        return Task.FromResult(new HealthCheckResult(status, why, data: HealthData.Of(helios)));
    }

    private (HealthStatus Status, string Why) CheckLimits()
    {
        var (options, lanes) = (helios.Options, helios.Engine.Lanes);
        // Without a queue, the places to run are the limit.
        var requests = options.MaxQueuedRequests > 0
            ? (Math.Max(lanes.Pool.Waiting, lanes.Threads.Waiting), options.MaxQueuedRequests, nameof(options.MaxQueuedRequests))
            : (lanes.Pool.Running, options.MaxConcurrentRequests, nameof(options.MaxConcurrentRequests));
        (long Used, long Limit, string Option)[] all =
        [
            (helios.Connections.Count, helios.Connections.Limit, nameof(options.MaxConnections)),
            (helios.Engine.Buffers.Rented, options.MaxBufferedBytes, nameof(options.MaxBufferedBytes)),
            requests,
        ];
        var (used, limit, option) = all.MaxBy(each => (double)each.Used / each.Limit);
        if (used < limit * Near) return (HealthStatus.Healthy, "The server takes clients.");
        return (
            used < limit ? HealthStatus.Degraded : HealthStatus.Unhealthy,
            string.Create(CultureInfo.InvariantCulture, $"{option} is {limit}; {used} are in use."));
    }
}

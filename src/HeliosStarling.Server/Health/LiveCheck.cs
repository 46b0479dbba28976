using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HeliosStarling;

/// <summary>Checks whether a server runs. A server that drains still runs.</summary>
internal sealed class LiveCheck(Helios helios) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(new HealthCheckResult(
            helios.Connections.HasStopped ? context.Registration.FailureStatus : HealthStatus.Healthy,
            helios.Connections.HasStopped ? "The server has stopped." : "The server runs.",
            data: HealthData.Of(helios)));
}

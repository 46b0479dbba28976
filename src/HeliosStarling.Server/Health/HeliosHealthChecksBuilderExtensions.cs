using HeliosStarling;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of Helios servers.</summary>
public static class HeliosHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds two health checks of a server. <c>helios-live</c>, tagged <c>live</c>, is unhealthy after the server has stopped.
    /// <c>helios-ready</c>, tagged <c>ready</c>, is unhealthy while the server stops, or when connections, buffered bytes or queued
    /// requests have reached their limit; it is degraded from 90 % of one of these limits on. The checks of a named server are
    /// <c>helios-NAME-live</c> and <c>helios-NAME-ready</c>.
    /// </summary>
    /// <param name="builder">The builder of the health checks.</param>
    /// <param name="name">The name that was given to <c>AddHelios</c>. Default the server without a name.</param>
    /// <param name="tags">Additional tags of both checks. Default none.</param>
    /// <remarks>The data of the results are the numbers of <c>connections</c> and <c>starlings</c>, the <c>bufferedBytes</c>, and the
    /// numbers of
    /// <c>running</c> and <c>queued</c> requests. The checks fail when <c>AddHelios</c> was not called.</remarks>
    public static IHealthChecksBuilder AddHelios(this IHealthChecksBuilder builder, string? name = null, params IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tags);
        var prefix = string.IsNullOrEmpty(name) ? "helios" : $"helios-{name}";
        return builder
            .Add(
                new HealthCheckRegistration($"{prefix}-live", services => new LiveCheck(services.GetHelios(name)), null, ["live", .. tags]))
            .Add(new HealthCheckRegistration(
                $"{prefix}-ready", services => new ReadyCheck(services.GetHelios(name)), null, ["ready", .. tags]));
    }
}

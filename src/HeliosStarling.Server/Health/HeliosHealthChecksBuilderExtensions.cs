using HeliosStarling;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of Helios servers.</summary>
public static class HeliosHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds two checks of a server: <c>helios-live</c>, tagged <c>live</c>, is unhealthy once the server has stopped; <c>helios-ready</c>,
    /// tagged
    /// <c>ready</c>, is unhealthy while it stops, or has as many connections, buffered bytes or queued requests as it may have, and
    /// degraded from nine tenths of one of these on. Of a named server they are <c>helios-NAME-live</c> and <c>helios-NAME-ready</c>.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The name given to <c>AddHelios</c>. Default the server without a name.</param>
    /// <param name="tags">Further tags of both. Default none.</param>
    /// <remarks>The results' data say how many <c>connections</c>, <c>starlings</c>, <c>bufferedBytes</c>, <c>running</c> and <c>queued</c>
    /// requests there are. The check fails when <c>AddHelios</c> was not called.</remarks>
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

using Microsoft.Extensions.Hosting;

namespace HeliosStarling;

/// <summary>Connects a client when the application starts, and closes it when the application stops.</summary>
internal sealed class StarlingClientLifetime(StarlingClient client) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => client.OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => client.CloseAsync(cancellationToken: cancellationToken).AsTask();
}

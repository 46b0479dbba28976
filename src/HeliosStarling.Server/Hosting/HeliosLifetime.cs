using Microsoft.Extensions.Hosting;

namespace HeliosStarling;

/// <summary>
/// Says goodbye to clients before the web server cuts its connections, which it does to upgraded ones ahead of
/// <see cref="IHostedService.StopAsync"/>.
/// </summary>
internal sealed class HeliosLifetime(Helios helios) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => helios.DisposeAsync().AsTask().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

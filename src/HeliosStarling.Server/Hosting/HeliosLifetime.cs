using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HeliosStarling;

/// <summary>
/// Stops the servers of an application, all at the same time, before the web server cuts its connections. The web server cuts upgraded
/// connections before <see cref="IHostedService.StopAsync"/>.
/// </summary>
internal sealed class HeliosLifetime(IServiceProvider services, IEnumerable<HeliosName> names) : IHostedLifecycleService
{
    private readonly Helios[] _servers = [.. names.Distinct().Select(server => services.GetRequiredKeyedService<Helios>(server.Name))];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask())).WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The name of a server that the application has added.</summary>
internal sealed record HeliosName(string Name);

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HeliosStarling;

/// <summary>
/// Says goodbye to clients before the web server cuts its connections, which it does to upgraded ones ahead of
/// <see cref="IHostedService.StopAsync"/>. All servers of an application stop at the same time.
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

/// <summary>The name of a server that an application has added.</summary>
internal sealed record HeliosName(string Name);

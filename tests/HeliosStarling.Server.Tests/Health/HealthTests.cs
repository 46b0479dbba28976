using HeliosStarling.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HeliosStarling.Health;

/// <summary>The health checks of a server.</summary>
public sealed class HealthTests : IAsyncDisposable
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ServiceProvider _services;

    public HealthTests()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHelios(options => (
            options.MaxConnections,
            options.MaxBufferedBytes,
            options.MaxConcurrentRequests,
            options.MaxQueuedRequests) = (20, 16 << 20, 1, 10))
            .Configure((helios, _) => helios.Method("wait:go", async _ => await _gate.Task));
        services.AddHelios("games");
        services.AddHealthChecks().AddHelios().AddHelios("games", "more");
        _services = services.BuildServiceProvider();
    }

    private Helios Helios => _services.GetHelios();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Registrations_OfEachServer_HaveNamesAndTags()
    {
        var tags = new Dictionary<string, string>();
        await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(registration =>
        {
            tags[registration.Name] = string.Join(' ', registration.Tags.Order());
            return true;
        });

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["helios-live"] = "live",
                ["helios-ready"] = "ready",
                ["helios-games-live"] = "live more",
                ["helios-games-ready"] = "more ready",
            },
            tags);
    }

    [Fact]
    public async Task Server_ThatRuns_IsLiveAndReady_AndSaysWhatItHas()
    {
        await using var mock = new MockStarling(Helios);

        var (live, ready) = await CheckAsync();

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Healthy), (live.Status, ready.Status));
        Assert.Equal(["bufferedBytes", "connections", "queued", "running", "starlings"], ready.Data.Keys.Order());
        Assert.Equal((1, 1), (ready.Data["connections"], ready.Data["starlings"]));
    }

    [Fact]
    public async Task Server_ThatDrains_IsLiveAndNotReady_UntilItHasStopped()
    {
        var mock = new MockStarling(Helios);
        var request = mock.Client.Request<object>("wait:go");
        await Eventually.TrueAsync(() => Helios.Engine.Lanes.Pool.Running == 1);

        var stopped = Helios.DisposeAsync().AsTask();
        var (live, ready) = await CheckAsync();
        _gate.SetResult();
        await request.InTime();
        await stopped.InTime();
        var (liveAfter, readyAfter) = await CheckAsync();

        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy, "The server stops."), (live.Status, ready.Status, ready.Description));
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (liveAfter.Status, readyAfter.Status));
    }

    [Fact]
    public async Task Ready_AsConnectionsComeAndGo_FollowsThem()
    {
        var mocks = new List<MockStarling>();
        var seen = new List<(int Count, HealthStatus Status)>();
        foreach (var count in (int[])[17, 18, 19, 20])
        {
            while (mocks.Count < count) mocks.Add(new MockStarling(Helios));
            seen.Add((count, (await CheckAsync()).Ready.Status));
        }
        var full = (await CheckAsync()).Ready.Description;
        foreach (var mock in mocks) await mock.DisposeAsync();

        Assert.Equal(
            [(17, HealthStatus.Healthy), (18, HealthStatus.Degraded), (19, HealthStatus.Degraded), (20, HealthStatus.Unhealthy)], seen);
        Assert.Equal("MaxConnections is 20; 20 are in use.", full);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Ready.Status);
    }

    [Fact]
    public async Task Ready_BufferedBytesAtTheLimit_IsUnhealthy()
    {
        var (first, second) = (Helios.Engine.Buffers.Rent(8 << 20), Helios.Engine.Buffers.Rent(8 << 20));

        var full = (await CheckAsync()).Ready;
        Helios.Engine.Buffers.Return(first);
        Helios.Engine.Buffers.Return(second);

        Assert.Equal((HealthStatus.Unhealthy, "MaxBufferedBytes is 16777216; 16777216 are in use."), (full.Status, full.Description));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Ready.Status);
    }

    [Fact]
    public async Task Ready_RequestQueueFull_IsUnhealthy()
    {
        var mocks = Enumerable.Range(0, 11).Select(_ => new MockStarling(Helios)).ToList();
        var requests = new List<Task>();
        foreach (var mock in mocks)
        {
            requests.Add(mock.Client.Request<object>("wait:go").Answer);
            await Eventually.TrueAsync(() => Helios.Engine.Lanes.Pool.Running + Helios.Engine.Lanes.Pool.Waiting == requests.Count);
        }

        var full = (await CheckAsync()).Ready;
        _gate.SetResult();
        await Task.WhenAll(requests).InTime();

        Assert.Equal((HealthStatus.Unhealthy, "MaxQueuedRequests is 10; 10 are in use."), (full.Status, full.Description));
        Assert.Equal((1, 10), (full.Data["running"], full.Data["queued"]));
        foreach (var mock in mocks) await mock.DisposeAsync();
    }

    [Fact]
    public async Task Check_OfAServerThatWasNotAdded_SaysWhatToCall()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddHelios("none");
        await using var provider = services.BuildServiceProvider();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync());

        Assert.Contains("AddHelios(\"none\")", failure.Message, StringComparison.Ordinal);
    }

    private async Task<(HealthReportEntry Live, HealthReportEntry Ready)> CheckAsync()
    {
        var report = await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return (report.Entries["helios-live"], report.Entries["helios-ready"]);
    }
}

using HeliosStarling.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

public sealed class ServiceScopeTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddScoped<Scoped>().BuildServiceProvider(validateScopes: true);
    private readonly Helios _server;
    private readonly MockStarling _mock;

    public ServiceScopeTests()
    {
        _server = Helios.Create(services: _services);
        _mock = new MockStarling(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Services_HandlerEnds_ScopeIsDisposedOfThenAndNotBefore()
    {
        Scoped? service = null;
        var wasDisposed = true;
        _server.Method("scope:use", async (Scoped scoped) =>
        {
            service = scoped;
            await Task.Yield();
            wasDisposed = scoped.Disposed.IsCompleted;
        });

        await _mock.RequestAsync<object?>("scope:use").InTime();

        await service!.Disposed.InTime();
        Assert.False(wasDisposed);
    }

    [Fact]
    public async Task Services_HandlerThrows_ScopeIsDisposedOf()
    {
        Scoped? service = null;
        _server.Method("scope:use", async context =>
        {
            service = context.Services.GetRequiredService<Scoped>();
            await Task.Yield();
            throw new InvalidOperationException("boom");
        });

        await Assert.ThrowsAsync<HeliosException>(() => _mock.RequestAsync<object?>("scope:use").InTime());

        await service!.Disposed.InTime();
    }

    [Fact]
    public async Task Services_TwoRequests_HaveAScopeEach()
    {
        var seen = new List<Scoped>();
        _server.Method("scope:use", (Scoped first, RequestContext context) =>
        {
            seen.Add(first);
            seen.Add(context.Services.GetRequiredService<Scoped>());
        });

        await _mock.RequestAsync<object?>("scope:use").InTime();
        await _mock.RequestAsync<object?>("scope:use").InTime();

        Assert.Same(seen[0], seen[1]);
        Assert.Same(seen[2], seen[3]);
        Assert.NotSame(seen[0], seen[2]);
    }

    [Fact]
    public async Task Services_ServerWithoutAny_HasNone()
    {
        await using var server = Helios.Create();
        server.Method("scope:use", (RequestContext context) => context.Services.GetService<Scoped>() is null);
        await using var mock = new MockStarling(server);

        Assert.True((await mock.RequestAsync<bool>("scope:use").InTime()).Data);
    }

    private sealed class Scoped : IAsyncDisposable
    {
        private readonly TaskCompletionSource _disposed = new();

        public Task Disposed => _disposed.Task;

        public ValueTask DisposeAsync()
        {
            _disposed.SetResult();
            return default;
        }
    }
}

using HeliosStarling.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

/// <summary>Two threads that use a request's services at the same moment.</summary>
public sealed class ConcurrentServicesTests : IAsyncDisposable
{
    private const int Rounds = 500;

    private readonly PairwiseServices _services = new();
    private readonly Helios _server;
    private readonly MockStarling _mock;

    public ConcurrentServicesTests()
    {
        _server = Helios.Create(services: _services);
        _mock = new MockStarling(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
        _services.Dispose();
    }

    [Fact]
    public async Task Services_AskedForByTwoTasksOfAHandlerAtOnce_AreTheSameAndDisposedOfOnce()
    {
        _server.Method("scope:use", async context =>
        {
            var both = await Task.WhenAll(OnThread(() => context.Services), OnThread(() => context.Services));
            context.Success(ReferenceEquals(both[0], both[1]) && both[0] is CountedScope { Disposals: 0 });
        });

        for (var round = 0; round < Rounds; round++)
        {
            Assert.True((await _mock.RequestAsync<bool>("scope:use").InTime()).Data);
            var made = _services.TakeMade();
            Assert.Equal(2, made.Count);
            await Eventually.TrueAsync(() => made.All(static scope => scope.Disposals == 1));
        }
    }

    [Fact]
    public async Task Services_AskedForByTwoTasksWhileTheHandlerEnds_AreRefusedToBoth()
    {
        Task<IServiceProvider>[] asking = [];
        _server.Method("scope:leave", (RequestContext context) =>
        {
            asking = [OnThread(() => context.Services), OnThread(() => context.Services)];
        });

        for (var round = 0; round < Rounds; round++)
        {
            // Both threads ask for the scope before the handler has ended, and create one after its end.
            _services.HoldBack();
            await _mock.RequestAsync<object?>("scope:leave").InTime();
            await Eventually.TrueAsync(() => _services.Waiting == 2);
            _services.LetGo();

            foreach (var asked in asking) await Assert.ThrowsAsync<InvalidOperationException>(() => asked.InTime());
            Assert.All(_services.TakeMade(), static scope => Assert.Equal(1, scope.Disposals));
        }
    }

    // Threads outside the pool, which may have too few threads for both.
    private static Task<T> OnThread<T>(Func<T> ask) =>
        Task.Factory.StartNew(ask, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Creates scopes in pairs: each call waits for the other.</summary>
    private sealed class PairwiseServices : IServiceProvider, IServiceScopeFactory, IDisposable
    {
        private readonly Barrier _meeting = new(2);
        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly List<CountedScope> _made = [];
        private int _waiting;

        public int Waiting => Volatile.Read(ref _waiting);

        public object? GetService(Type serviceType) => serviceType == typeof(IServiceScopeFactory) ? this : null;

        public IServiceScope CreateScope()
        {
            Interlocked.Increment(ref _waiting);
            _open.Wait();
            _meeting.SignalAndWait();
            var scope = new CountedScope();
            lock (_made) _made.Add(scope);
            return scope;
        }

        public void HoldBack()
        {
            Volatile.Write(ref _waiting, 0);
            _open.Reset();
        }

        public void LetGo() => _open.Set();

        public List<CountedScope> TakeMade()
        {
            lock (_made)
            {
                var made = _made.ToList();
                _made.Clear();
                return made;
            }
        }

        public void Dispose()
        {
            _meeting.Dispose();
            _open.Dispose();
        }
    }

    private sealed class CountedScope : IServiceScope, IServiceProvider
    {
        private int _disposals;

        public IServiceProvider ServiceProvider => this;

        public int Disposals => Volatile.Read(ref _disposals);

        public object? GetService(Type serviceType) => null;

        public void Dispose() => Interlocked.Increment(ref _disposals);
    }
}

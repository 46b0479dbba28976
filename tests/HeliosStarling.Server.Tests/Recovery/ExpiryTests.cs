using System.Text.Json;
using HeliosStarling.Testing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary>Runs alone, because it measures memory.</summary>
[CollectionDefinition(nameof(ExpiryTests), DisableParallelization = true)]
public class AloneDefinition;

/// <summary>After <see cref="HeliosOptions.DisconnectionTtl"/> a starling and everything that belongs to it are removed.</summary>
[Collection(nameof(ExpiryTests))]
public class ExpiryTests
{
    private const int Cycles = 10_000;

    [Fact]
    public async Task ConnectDropExpire_TenThousandTimes_NothingLeaks()
    {
        var time = new CountingTime();
        await using var helios = Helios.Create(options => options.TimeProvider = time);
        helios.Method("echo:echo", (JsonElement payload, RequestContext _) => payload);
        helios.States.Register("some", _ => ValueTask.FromResult(1), (_, _) => default);
        await CycleAsync(helios, time, 1000);
        var (timers, memory) = (time.Timers, GC.GetTotalMemory(forceFullCollection: true));

        await CycleAsync(helios, time, Cycles - 1000);

        Assert.Equal((0, 0, 0), (helios.Starlings.TotalCount, helios.Starlings.ConnectedCount, helios.Engine.Buffers.Rented));
        Assert.Equal(timers, time.Timers);
        Assert.Equal(0, helios.Node.Held.Count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, 4 * 1024 * 1024);
    }

    private static async Task CycleAsync(Helios helios, FakeTimeProvider time, int count)
    {
        for (var done = 0; done < count; done += 100)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => LiveAsync(helios)));
            Assert.Equal(100, helios.Starlings.TotalCount);
            time.Advance(TimeSpan.FromMinutes(6));
            await Eventually.TrueAsync(() => helios.Starlings.TotalCount == 0);
        }
    }

    private static async Task LiveAsync(Helios helios)
    {
        var mock = new MockStarling(helios);
        await mock.RequestAsync<JsonElement>("starling:getToken", null).InTime();
        await mock.DisconnectAsync();
        // Messages to a held starling are kept until its time is over.
        await mock.Starling.NotifyAsync("n:n", 1);
        await mock.DisposeAsync();
    }

    private sealed class CountingTime : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _timers);
            return new Counted(base.CreateTimer(callback, state, dueTime, period), () => Interlocked.Decrement(ref _timers));
        }

        private sealed class Counted(ITimer timer, Action disposed) : ITimer
        {
            private Action? _disposed = disposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                timer.Dispose();
                Interlocked.Exchange(ref _disposed, null)?.Invoke();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return default;
            }
        }
    }
}

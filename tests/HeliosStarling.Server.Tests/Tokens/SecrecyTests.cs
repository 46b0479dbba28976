using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using HeliosStarling.Observability;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Tokens;

/// <summary>Tokens are in no log, metric, trace or exception message, including the framework's.</summary>
[Collection(TracesCollection.Name)]
public sealed class SecrecyTests : IDisposable
{
    private readonly ConcurrentQueue<string> _written = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public SecrecyTests()
    {
        _meters.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>(Note);
        _meters.SetMeasurementEventCallback<double>(Note);
        _meters.SetMeasurementEventCallback<int>(Note);
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _written.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnyUseOfAToken_EverythingAtTrace_HoldsNoToken(bool isMapped)
    {
        var setup = new ServerSetup(
            helios => helios.States.Register(
                "broken", _ => throw new IOException("no disk"), (Starling _, int _) => default, new StateOptions<int> { Required = true }),
            options =>
            {
                options.Debug = true;
                options.StateStore = new KeyRecordingStore(_written);
            });
        var address = new WireAddress(AddressKind.IPv4);
        await using var server = isMapped ? await MappedServer.StartAsync(setup, address) : await LeanServer.StartAsync(setup, address);
        var filtered = new ConcurrentQueue<string>();
        server.Helios.UseUpgrade(async (context, next) =>
        {
            filtered.Enqueue($"{context.Path}?{context.Query} {string.Join(' ', context.Headers)}");
            await next();
        });
        await using var client = await ResumeClient.ConnectAsync(server);
        var broken = $"{client.Token[..^9]}AAAAAAAAA";

        foreach (var token in new[] { client.Token, broken, new string('x', 5000) })
        {
            foreach (var query in new[]
            {
                $"recover={token}&resume=1",
                $"a=b&recover={token}",
                $"%72ecover={token}&strict=1",
                $"recover={token}&resume=1&epoch={client.Epoch}&received=77",
            })
            {
                await using var wire = await server.ConnectAsync(new UpgradeRequest($"/helios?{query}"));
                await wire.ReadFrameAsync();
            }
            await using var offered = await server.ConnectAsync(
                UpgradeRequest.Valid.With("Sec-WebSocket-Protocol", $"helios-starling, helios.recover.{token}"));
            await offered.ReadFrameAsync();
            Assert.Equal(400, (await server.AskAsync(new UpgradeRequest($"/helios?recover={token}").With("Connection", "close"))).Status);
        }

        var all = string.Join('\n', _written.ToArray().Concat(filtered.ToArray()).Concat(server.Log.Everything.ToArray()));
        // The framework does log the rest of the query.
        if (isMapped) Assert.Contains("?a=b", all, StringComparison.Ordinal);
        Assert.NotEmpty(server.Log.Everything);
        // The first characters are the same in all tokens: they say how they are encrypted.
        foreach (var token in new[] { client.Token, broken, new string('x', 5000) })
            Assert.DoesNotContain(token[150..250], all, StringComparison.Ordinal);
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _written.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}");

    /// <summary>Records the keys of all operations.</summary>
    private sealed class KeyRecordingStore(ConcurrentQueue<string> asked) : IStateStore
    {
        public ValueTask SetAsync(
            string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default)
        {
            asked.Enqueue(key);
            return default;
        }

        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default)
        {
            asked.Enqueue(key);
            return new ValueTask<ReadOnlyMemory<byte>?>(default(ReadOnlyMemory<byte>?));
        }

        public ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => default;
    }
}

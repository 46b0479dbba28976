using System.Diagnostics;
using System.Diagnostics.Metrics;
using HeliosStarling.Protocol;

namespace HeliosStarling.Observability;

/// <summary>Metrics and traces allocate nothing, with and without listeners.</summary>
[Collection(TracesCollection.Name)]
public sealed class MetricsAllocationTests : IDisposable
{
    private const int Rounds = 1000;

    private readonly EngineMetrics _metrics = new("server");

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Metrics_NobodyListens_AllocateNothing() => Assert.Equal(0, Allocated(MeasureAll));

    [Fact]
    public void Metrics_SomebodyListens_AllocateNothing()
    {
        var measured = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished =
            (instrument, listener) => { if (instrument.Meter == _metrics.Meter) listener.EnableMeasurementEvents(instrument); }
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => measured++);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => measured++);
        listener.Start();

        Assert.Equal(0, Allocated(MeasureAll));
        Assert.Equal(10 * (Rounds + 1), measured);
    }

    [Fact]
    public void Request_NobodyListens_CarriesTheMetadataAsTheyAre()
    {
        var peer = new Peer();
        peer.Record();
        byte[] metadata = [(byte)'{', (byte)'}'];
        var request = new StarlingRequest<int>(peer.Session, "a:b", peer.Engine.TypeInfo<int>(), retries: false);
        using var current = new Activity("test").Start();

        Assert.Equal(0, Allocated(() => Assert.Same(metadata, request.BeginTelemetry(metadata))));
    }

    [Fact]
    public void Request_NobodyListens_HasNoSpan()
    {
        var peer = new Peer();
        var connection = peer.Record();
        Activity? seen = null;
        peer.Method("a:b", _ =>
        {
            seen = Activity.Current;
            return default;
        });

        peer.Session.ReceiveRequest("a:b", metadata: new { traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });

        Assert.Null(seen);
        Assert.True(connection.Single.GetProperty("success").GetBoolean());
    }

    private void MeasureAll()
    {
        _metrics.Received(MessageKind.Request, 100);
        _metrics.Sent(MessageKind.Response, 50);
        _metrics.Ignored("text");
        _metrics.Dropped(1, DropReasons.Of(OutboxPolicy.DropOldest));
        _metrics.LateAnswer();
        _metrics.InboundRequestEnded("chat:send", null, TimeSpan.FromMilliseconds(1));
        _metrics.InboundRequestEnded("chat:send", ErrorCodes.RequestTimeout, TimeSpan.FromMilliseconds(1));
        _metrics.OutboundRequestEnded("ui:ask", "APP_NO", TimeSpan.FromMilliseconds(1));
    }

    private static long Allocated(Action action)
    {
        // The first call may initialize statics.
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++) action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

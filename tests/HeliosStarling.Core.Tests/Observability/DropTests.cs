using System.Diagnostics.Metrics;

namespace HeliosStarling.Observability;

public class DropTests
{
    [Fact]
    public void Connection_EndsWithMessagesUnsent_CountsThemAsDropped()
    {
        var session = new TestSession(Engines.Create());
        var dropped = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == session.Engine.Metrics.Meter) listener.EnableMeasurementEvents(instrument);
        }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, count, tags, _) => { if (instrument.Name == "helios.messages.dropped") dropped.Add($"{count} {tags[0].Value}"); });
        listener.Start();
        session.Linked = StuckConnection.Instance;

        for (var i = 0; i < 3; i++) session.Send(session.Engine.Encoder.Text("never read"), wake: false);
        session.Unlink(StuckConnection.Instance);
        session.Close();

        Assert.Equal(["3 connection_closed"], dropped);
        Assert.Equal(0, session.Engine.Buffers.Rented);
    }
}

using System.Diagnostics.Metrics;
using HeliosStarling.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Observability;

public class MeterTests
{
    [Fact]
    public async Task Servers_WithNames_MeasureWithTheApplicationsMeters()
    {
        var services = new ServiceCollection().AddLogging().AddMetrics();
        services.AddHelios();
        services.AddHelios("chat");
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IMeterFactory>();

        Meter[] meters = [provider.GetHelios().Engine.Metrics.Meter, provider.GetHelios("chat").Engine.Metrics.Meter];

        Assert.All(meters, meter => Assert.Same(factory, meter.Scope));
        Assert.Equal([new("helios.role", "server")], meters[0].Tags!);
        Assert.Equal([new("helios.role", "server"), new("helios.server", "chat")], meters[1].Tags!.OrderBy(tag => tag.Key));
    }

    [Fact]
    public async Task Server_OnItsOwn_TakesItsMeterWithIt()
    {
        using var probe = new MetricsProbe();
        var ended = new List<string>();
        var helios = probe.Attach(() => Helios.Create());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == helios.Engine.Metrics.Meter) listener.EnableMeasurementEvents(instrument);
            },
            MeasurementsCompleted = (instrument, _) => ended.Add(instrument.Name),
        };
        listener.Start();

        await helios.DisposeAsync();

        Assert.Equal(probe.Instruments.Select(instrument => instrument.Name).Order(), ended.Order());
    }
}

using System.Diagnostics.Metrics;

namespace HeliosStarling;

/// <summary>What a server holds at the moment. Looked up when somebody collects it, so that nothing is counted on the way.</summary>
internal static class ServerGauges
{
    private static readonly KeyValuePair<string, object?> s_pool = new("helios.lane", "pool");
    private static readonly KeyValuePair<string, object?> s_threads = new("helios.lane", "threads");

    public static void Register(Helios helios)
    {
        AddConnections(helios.Engine.Metrics.Meter, helios);
        AddRequests(helios.Engine.Metrics.Meter, helios.Engine.Lanes);
        AddMemory(helios.Engine.Metrics.Meter, helios);
    }

    private static void AddConnections(Meter meter, Helios helios)
    {
        meter.CreateObservableUpDownCounter("helios.connections.active", () => helios.Connections.Count, "{connection}", "Connections, from the upgrade on.");
        meter.CreateObservableUpDownCounter("helios.connections.limit", () => helios.Connections.Limit, "{connection}", "How many connections there may be.");
        meter.CreateObservableUpDownCounter("helios.starlings.connected", () => helios.Starlings.ConnectedCount, "{starling}", "Starlings with a connection.");
        meter.CreateObservableUpDownCounter("helios.starlings.held", () => helios.Connections.Held.Count, "{starling}", "Starlings that are held without a connection.");
    }

    private static void AddRequests(Meter meter, Lanes lanes)
    {
        meter.CreateObservableUpDownCounter("helios.requests.running", () => Both(lanes.Pool.Running, lanes.Threads.Running), "{request}", "Handlers that run, those aside that end before their first await.");
        meter.CreateObservableUpDownCounter("helios.requests.waiting", () => Both(lanes.Pool.Waiting, lanes.Threads.Waiting), "{request}", "Requests that wait for a place to run.");
    }

    private static void AddMemory(Meter meter, Helios helios)
    {
        var buffers = helios.Engine.Buffers;
        meter.CreateObservableUpDownCounter("helios.outbox.messages", () => helios.Starlings.ToArray().Sum(static starling => (long)starling.Session.Outbox.Count), "{message}", "Messages that wait to be sent or acknowledged, of all starlings.");
        meter.CreateObservableUpDownCounter("helios.outbox.size", () => helios.Starlings.ToArray().Sum(static starling => starling.Session.Outbox.Bytes), "By", "Bytes of the messages that wait to be sent or acknowledged, of all starlings.");
        meter.CreateObservableUpDownCounter("helios.buffers.usage", () => buffers.Rented, "By", "Bytes that wait in memory for all starlings together.");
        meter.CreateObservableUpDownCounter("helios.buffers.limit", () => helios.Options.MaxBufferedBytes, "By", "How many bytes should wait in memory at most.");
    }

    private static Measurement<int>[] Both(int pool, int threads) => [new(pool, s_pool), new(threads, s_threads)];
}

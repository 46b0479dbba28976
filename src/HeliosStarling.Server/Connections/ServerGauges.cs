using System.Diagnostics.Metrics;

namespace HeliosStarling;

/// <summary>
/// The gauges of a server. They read the current values when they are collected, so the hot path counts nothing for them.
/// </summary>
internal static class ServerGauges
{
    private static readonly KeyValuePair<string, object?> s_pool = new("helios.lane", "pool");
    private static readonly KeyValuePair<string, object?> s_threads = new("helios.lane", "threads");

    public static void Register(Node node, Connections connections)
    {
        AddConnections(node.Engine.Metrics.Meter, node, connections);
        AddRequests(node.Engine.Metrics.Meter, node.Engine.Lanes);
        AddMemory(node.Engine.Metrics.Meter, node);
    }

    private static void AddConnections(Meter meter, Node node, Connections connections)
    {
        meter.CreateObservableUpDownCounter(
            "helios.connections.active", () => connections.Count, "{connection}", "Connections, from the upgrade on.");
        meter.CreateObservableUpDownCounter(
            "helios.connections.limit", () => connections.Limit, "{connection}", "The maximum number of connections.");
        meter.CreateObservableUpDownCounter(
            "helios.starlings.connected", () => node.Starlings.ConnectedCount, "{starling}", "Starlings with a connection.");
        meter.CreateObservableUpDownCounter(
            "helios.starlings.held", () => node.Held.Count, "{starling}", "Starlings that are held without a connection.");
    }

    private static void AddRequests(Meter meter, Lanes lanes)
    {
        meter.CreateObservableUpDownCounter(
            "helios.requests.running",
            () => Both(lanes.Pool.Running, lanes.Threads.Running),
            "{request}",
            "Running handlers, except those that end before their first await.");
        meter.CreateObservableUpDownCounter(
            "helios.requests.waiting",
            () => Both(lanes.Pool.Waiting, lanes.Threads.Waiting),
            "{request}",
            "Requests that wait for a place to run.");
    }

    private static void AddMemory(Meter meter, Node node)
    {
        var buffers = node.Engine.Buffers;
        meter.CreateObservableUpDownCounter(
            "helios.outbox.messages",
            () => node.Starlings.ToArray().Sum(static starling => (long)starling.Session.Outbox.Count),
            "{message}",
            "Messages that wait to be sent or acknowledged, of all starlings.");
        meter.CreateObservableUpDownCounter(
            "helios.outbox.size",
            () => node.Starlings.ToArray().Sum(static starling => starling.Session.Outbox.Bytes),
            "By",
            "Bytes of the messages that wait to be sent or acknowledged, of all starlings.");
        meter.CreateObservableUpDownCounter(
            "helios.buffers.usage", () => buffers.Rented, "By", "Bytes that wait in memory for all starlings together.");
        meter.CreateObservableUpDownCounter(
            "helios.buffers.limit", () => node.Options.MaxBufferedBytes, "By", "The maximum number of bytes that may wait in memory.");
    }

    private static Measurement<int>[] Both(int pool, int threads) => [new(pool, s_pool), new(threads, s_threads)];
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Bench;

/// <summary>One round: milliseconds from the cut to the answer of a request that each client sends right after the cut.</summary>
internal sealed record StormResult(double P50, double P99, double Last, double ServerCpu, int Lost);

/// <summary>A server in its own process, and clients behind a relay that cuts all connections.</summary>
internal sealed class Storm : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _server;
    private readonly Relay _relay;
    private readonly List<IStormClient> _clients = [];

    private Storm(Process server, Relay relay) => (_server, _relay) = (server, relay);

    public static async Task<Storm> StartAsync(string peer, int count)
    {
        var port = FreePort();
        var server =
            Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--serve", peer, $"{port}"]) { RedirectStandardOutput = true })!;
        await server.StandardOutput.ReadLineAsync();
        var storm = new Storm(server, new Relay(port));
        foreach (var some in Enumerable.Range(0, count).Chunk(100))
            storm._clients.AddRange(await Task.WhenAll(some.Select(_ => Peers.ConnectAsync(peer, storm._relay.Port))));
        await Task.WhenAll(storm._clients.Select(client => client.EchoAsync()));
        return storm;
    }

    public async Task<StormResult> RunAsync()
    {
        // Long enough for all acknowledgements, so that nothing is in flight.
        await Task.Delay(TimeSpan.FromSeconds(3));
        _server.Refresh();
        var cpu = _server.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        _relay.CutAll();
        var times = await Task.WhenAll(_clients.Select(client => TimeAsync(client, start)));
        _server.Refresh();
        var back = times.Where(time => time >= 0).Order().ToList();
        return new StormResult(
            back.ElementAtOrDefault(back.Count / 2), back.ElementAtOrDefault((int)(back.Count * 0.99)), back.LastOrDefault(),
            (_server.TotalProcessorTime - cpu).TotalMilliseconds, times.Length - back.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        _relay.Dispose();
        await Task.WhenAny(Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask())), Task.Delay(TimeSpan.FromSeconds(5)));
        _server.Dispose();
    }

    private static async Task<double> TimeAsync(IStormClient client, long start)
    {
        try
        {
            await client.EchoAsync().WaitAsync(s_patience);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        catch (Exception)
        {
            return -1;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

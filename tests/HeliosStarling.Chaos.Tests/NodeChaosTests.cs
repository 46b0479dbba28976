using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace HeliosStarling.Chaos;

/// <summary>
/// The same with Node.js clients: <c>tests/clients/node/chaos.mjs</c>, which counts messages with the code of the chat's page.
/// <c>CHAOS_SEED</c> repeats a run, <c>CHAOS_MINUTES</c> makes it longer.
/// </summary>
public class NodeChaosTests(ITestOutputHelper output)
{
    private const int Clients = 20;
    private const int LeastFaults = 50;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private static readonly string s_script = Repository.PathOf("tests", "clients", "node", "chaos.mjs");

    private readonly ConcurrentDictionary<string, MessageSequence> _up = new();
    private readonly ConcurrentDictionary<string, MessageSequence> _down = new();
    private readonly ConcurrentQueue<string> _faults = new();

    public static bool IsInstalled { get; } = Directory.Exists(Path.Combine(Path.GetDirectoryName(s_script)!, "node_modules", "ws"))
        && IsOnPath("node");

    [Fact(SkipUnless = nameof(IsInstalled), Skip = "Node.js with the packages of tests/clients/node is needed: ./test.sh installs them")]
    public async Task NodeClients_FaultsEverywhere_EveryMessageOnceAndInOrder()
    {
        var seed = Setting("CHAOS_SEED") is { } given ? (int)given : Random.Shared.Next();
        var duration = TimeSpan.FromMinutes(Setting("CHAOS_MINUTES") ?? 0.2);
        output.WriteLine($"CHAOS_SEED={seed}");
        await using var helios = Helios.Create(Configure);
        helios.On("up:tell", (long number, TopicContext context) =>
            _up.GetOrAdd(context.Starling.Id, id => new MessageSequence($"from {id}")).Receive(number));
        helios.Events.On("starling:unconfirmed", happened => _faults.Enqueue($"{happened.Starling.Id}: the server began a new epoch"));
        await using var listener = await helios.StartAsync("http://127.0.0.1:0");
        await using var proxy = new FaultProxy(listener.Addresses[0].Port, seed);
        using var node = Start(proxy.Url);
        try
        {
            var starlings = (await ReportAsync(node)).Select(client => helios.Starlings.GetById(client.Id)!).ToList();
            await ExchangeAsync(starlings, proxy, duration, new Random(seed));
            proxy.Calm();
            output.WriteLine($"{proxy.Counts.Total} faults: {proxy.Counts}");
            await ExpectAllAsync(node);
            Assert.InRange(proxy.Counts.Total, LeastFaults, int.MaxValue);
            output.WriteLine($"{_down.Values.Sum(one => one.Sent)} down");
        }
        finally
        {
            node.StandardInput.Close();
        }
        await node.WaitForExitAsync(TestContext.Current.CancellationToken).InTime();
    }

    private static void Configure(HeliosOptions options)
    {
        options.KeepAliveInterval = options.KeepAliveTimeout = options.ConnectionTimeout = TimeSpan.FromSeconds(1);
        options.MessageBufferSize = 100_000;
        options.MessageBufferBytes = 1L << 30;
    }

    private async Task ExchangeAsync(List<Starling> starlings, FaultProxy proxy, TimeSpan duration, Random random)
    {
        var started = Stopwatch.GetTimestamp();
        // On a slow machine the faults take longer to happen.
        while (Stopwatch.GetElapsedTime(started) is var elapsed
            && (elapsed < duration || (proxy.Counts.Total < LeastFaults && elapsed < duration + s_patience)))
        {
            foreach (var starling in starlings)
            {
                await starling.NotifyAsync("down:tell", _down.GetOrAdd(starling.Id, id => new MessageSequence($"to {id}")).Next());
            }
            // Closes connections at random, as a server does that makes room: each new connection gets other faults.
            if (random.Next(5) == 0) await starlings[random.Next(starlings.Count)].CloseAsync(random.Next(2) == 0 ? 1001 : 4321, "for now");
            await Task.Delay(random.Next(1, 30), CancellationToken.None);
        }
    }

    /// <summary>After the faults have ended, both sides have received everything, once and in order.</summary>
    private async Task ExpectAllAsync(Process node)
    {
        List<Report> reports = [];
        for (var round = 0; round < 600; round++)
        {
            await node.StandardInput.WriteLineAsync(round == 0 ? "stop" : "report");
            reports = await ReportAsync(node);
            if (reports.TrueForAll(client => client.Received == _down[client.Id].Sent && _up[client.Id].Has(client.Sent))) break;
            await Task.Delay(100, CancellationToken.None);
        }
        Assert.Empty(reports.SelectMany(client => client.Faults.Select(fault => $"{client.Id}: {fault}"))
            .Concat(_faults)
            .Concat(_up.Values.SelectMany(one => one.OrderFaults))
            .Take(20));
        Assert.All(reports, client => Assert.Equal(_down[client.Id].Sent, client.Received));
        Assert.All(reports, client => Assert.True(_up[client.Id].Has(client.Sent), $"{client.Id} sent {client.Sent}"));
    }

    private static Process Start(Uri url) => Process.Start(new ProcessStartInfo("node", [s_script, url.ToString(), $"{Clients}"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task<List<Report>> ReportAsync(Process node)
    {
        var line = await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().InTime();
        return JsonSerializer.Deserialize<List<Report>>(
            line ?? throw new InvalidOperationException("The clients have ended."), JsonSerializerOptions.Web)!;
    }

    private static bool IsOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));

    private static double? Setting(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    private sealed record Report(string Id, long Sent, long Received, List<string> Faults);
}

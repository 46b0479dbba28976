using System.Collections.Concurrent;
using System.Text.Json;

namespace HeliosStarling.Chaos;

/// <summary>A server is stopped while 1,000 clients exchange messages with it, and a new server takes its place.</summary>
public sealed class DrainTests(ITestOutputHelper output) : IDisposable
{
    private const int Clients = 1000;

    // The server's option. A process on a busy machine gets the same time again to start and to end.
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(20);

    private readonly string _first = Path.GetTempFileName();
    private readonly string _second = Path.GetTempFileName();
    private readonly ConcurrentDictionary<string, string> _notifications = new();
    private readonly ConcurrentDictionary<string, string> _requests = new();
    private readonly ConcurrentDictionary<string, byte> _received = new();
    private int _recovered;
    private int _answers;
    private int _deliveries;

    public void Dispose()
    {
        File.Delete(_first);
        File.Delete(_second);
    }

    [Fact]
    public async Task Terminate_UnderTraffic_TakenRequestsAreAnswered_SentMessagesAreConfirmedOrReported_NextServerGoesOn()
    {
        await using var server = RunningProgram.StartProject("tests/recovery/DrainApp", "0", _first);
        var address = await server.ListeningAsync();
        var clients = new StarlingClient[Clients];
        await Parallel.ForAsync(
            0, Clients, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => clients[i] = await ConnectAsync(address, i));
        var ids = clients.Select(client => client.StarlingId).ToList();
        using var stop = new CancellationTokenSource();
        var traffic = clients.Select((client, index) => Task.Run(() => SendTrafficAsync(client, index, stop.Token))).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref _deliveries) > Clients && Volatile.Read(ref _answers) > Clients);

        server.Terminate();
        var exitCode = await server.EndedAsync(s_shutdownTimeout * 2);
        await using var next = RunningProgram.StartProject("tests/recovery/DrainApp", $"{address.Port}", _second);
        await next.ListeningAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref _recovered) == Clients);
        var counts = await Task.WhenAll(clients.Select(client => client.Request<int>("count:get").InTime()));
        await stop.CancelAsync();
        await Task.WhenAll(traffic).InTime();

        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("have not ended", server.Output, StringComparison.Ordinal);
        Assert.Equal(ids, clients.Select(client => client.StarlingId));
        Assert.Equal(Enumerable.Range(0, Clients), counts);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask())).InTime();
        // The file is complete when the process has ended.
        next.Terminate();
        Assert.Equal(0, await next.EndedAsync(s_shutdownTimeout * 2));
        CheckUp(FactsOf(_first), FactsOf(_second));
        CheckDown(FactsOf(_first));
    }

    /// <summary>Client to server: each message was handled, or came after the server's close, and the client knows that.</summary>
    private void CheckUp(ILookup<string, string> first, ILookup<string, string> second)
    {
        var before = first["took"].ToHashSet();
        var taken = before.Concat(second["took"]).ToList();
        Assert.Equal(taken.Count, taken.Distinct().Count());
        var unread = _requests.Where(asked => asked.Value == "STATE_RECOVERY_FAILED").Select(asked => asked.Key).ToList();
        var unconfirmed = _notifications.Where(told => told.Value == "unconfirmed").Select(told => told.Key).ToList();
        output.WriteLine(
            $"up: {_requests.Count} requests, {unread.Count} not read; {_notifications.Count} notifications, {unconfirmed.Count} not read");

        Assert.All(_requests, asked => Assert.True(asked.Value is "answered" or "STATE_RECOVERY_FAILED", $"{asked}"));
        Assert.Empty(unread.Intersect(before));
        Assert.Empty(unconfirmed.Intersect(before));
        Assert.Empty(_requests.Where(asked => asked.Value == "answered").Select(asked => asked.Key).Except(taken));
        Assert.Empty(_notifications.Where(told => told.Value == "sent").Select(told => told.Key).Except(taken));
    }

    /// <summary>Server to client: each message of the first server has arrived, or the server was told that it is unconfirmed.</summary>
    private void CheckDown(ILookup<string, string> first)
    {
        Assert.Single(first["ended"]);
        var (asked, closed) = (first["asked"].ToList(), first["CONNECTION_CLOSED"].ToList());
        output.WriteLine($"down: {first["sent"].Count()} notifications, {first["unconfirmed"].Count()} reported; {asked.Count} requests, {closed.Count} too late");

        Assert.Empty(first["sent"].Except(_received.Keys).Except(first["unconfirmed"]));
        Assert.Empty(asked.Except(first["answered"]).Except(closed));
    }

    private async Task SendTrafficAsync(StarlingClient client, int index, CancellationToken stop)
    {
        var asked = new List<Task>();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await Task.Delay(Random.Shared.Next(1000, 3000), CancellationToken.None);
            var (told, request) = ($"{index}:{i}:told", $"{index}:{i}:asked");
            _notifications[told] = "sent";
            await client.NotifyAsync("take:tell", told, CancellationToken.None);
            _requests[request] = "sent";
            asked.Add(AwaitAnswerAsync(client.Request<string>("take:ask", request, cancellationToken: CancellationToken.None), request));
        }
        await Task.WhenAll(asked);
        // The answer to this request proves that everything sent before it has arrived.
        await client.Request<int>("count:get", cancellationToken: CancellationToken.None);
    }

    private async Task AwaitAnswerAsync(StarlingRequest<string> request, string what)
    {
        try
        {
            Assert.Equal(what, await request);
            _requests[what] = "answered";
            Interlocked.Increment(ref _answers);
        }
        catch (HeliosException failure)
        {
            _requests[what] = failure.Code;
        }
    }

    private async Task<StarlingClient> ConnectAsync(Uri address, int index)
    {
        var client = await StarlingClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, options =>
        {
            options.MaxReconnectDelay = TimeSpan.FromMilliseconds(500);
            options.ConnectionTimeout = options.KeepAliveTimeout = TimeSpan.FromMinutes(1);
            options.RequestTimeout = TimeSpan.FromMinutes(5);
        }, Listen).InTime();
        await client.Request<object?>("count:set", index).InTime();
        return client;
    }

    private void Listen(StarlingClient client)
    {
        client.On("server:tell", (string what) =>
        {
            _received[what] = 0;
            Interlocked.Increment(ref _deliveries);
        });
        client.Method("server:ask", (string what, ClientRequestContext _) => what);
        client.Events.On("starling:recovered", (ClientRecovered _) => { Interlocked.Increment(ref _recovered); });
        client.Events.On("starling:unconfirmed", (ClientUnconfirmed happened) =>
        {
            foreach (var message in happened.Messages.Select(message => JsonElement.Parse(message.Data.Span)))
            {
                if (message.TryGetProperty("notification", out var notification))
                    _notifications[notification.GetProperty("data").GetString()!] = "unconfirmed";
            }
        });
    }

    private static ILookup<string, string> FactsOf(string file) =>
        File.ReadLines(file).Select(line => line.Split(' ')).ToLookup(fact => fact[0], fact => fact[1]);
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Chaos;

/// <summary>A server is killed under traffic and a new one takes its place: docs/protocol.md section 7, rules 5 to 7.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Clients = 8;

    private readonly string _file = Path.GetTempFileName();
    private readonly ConcurrentDictionary<string, string> _outcomes = new();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Kill_UnderTraffic_SameIdsAndStates_NothingDoubled_LossesReported()
    {
        var server = RunningProgram.StartProject("tests/recovery/RecoveryApp", "0", _file);
        var address = await server.ListeningAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ConnectAsync(address)));
        var ids = clients.Select(client => client.StarlingId).ToList();
        for (var i = 0; i < Clients; i++) await SetCountAsync(clients[i], i + 100);
        var hanging = clients[0].Request<string>("never:answer");
        var retried = clients[1].Request<string>("never:answer", options: new RequestOptions { Retry = true });

        using var stop = new CancellationTokenSource();
        var traffic = clients.Select((client, index) => Task.Run(() => SendTrafficAsync(client, index, stop.Token))).ToList();
        await Eventually.TrueAsync(() => Lines().Count > 300);
        await server.DisposeAsync();
        await using var next = RunningProgram.StartProject("tests/recovery/RecoveryApp", $"{address.Port}", _file);
        await next.ListeningAsync();
        await Eventually.TrueAsync(() => clients.All(client => client.State == ConnectionState.Connected));
        await stop.CancelAsync();
        await Task.WhenAll(traffic).InTime();

        Assert.Equal(ids, clients.Select(client => client.StarlingId));
        for (var i = 0; i < Clients; i++) Assert.Equal(i + 100, await clients[i].Request<int>("count:get").InTime());
        Assert.Equal("STATE_RECOVERY_FAILED", (await Assert.ThrowsAsync<HeliosException>(() => hanging.InTime())).Code);
        Assert.False(retried.Answer.IsCompleted);
        foreach (var client in clients) await client.DisposeAsync();
        Check();
    }

    private void Check()
    {
        var taken = Lines();
        Assert.Equal(taken.Count, taken.Distinct().Count());
        var lost = _outcomes.Where(outcome => outcome.Value == "sent" && !taken.Contains(outcome.Key)).Select(outcome => outcome.Key);
        Assert.Empty(lost);
        // Answered requests have run, and some messages were on their way when the server was killed.
        Assert.All(_outcomes.Where(outcome => outcome.Value == "answered"), outcome => Assert.Contains(outcome.Key, taken));
        Assert.Contains(_outcomes, outcome => outcome.Value is "failed" or "unconfirmed");
        foreach (var sender in taken.GroupBy(what => what.Split(':')[0]))
        {
            var numbers = sender.Select(what => int.Parse(what.Split(':')[1], null)).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }
    }

    private async Task SendTrafficAsync(StarlingClient client, int index, CancellationToken stop)
    {
        var asked = new List<Task>();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var what = $"{index}:{i}";
            _outcomes[what] = "sent";
            if (i % 2 == 0) await client.NotifyAsync("take:tell", what, CancellationToken.None);
            else asked.Add(AwaitAnswerAsync(client.Request<string>("take:ask", what, cancellationToken: CancellationToken.None), what));
            if (i % 5 == 0) await Task.Delay(1, CancellationToken.None);
        }
        await Task.WhenAll(asked);
        // The answer to this request proves that everything sent before it has arrived.
        await client.Request<string>("take:ask", $"{index}:{int.MaxValue}", cancellationToken: CancellationToken.None);
    }

    private async Task AwaitAnswerAsync(StarlingRequest<string> request, string what)
    {
        try
        {
            Assert.Equal(what, await request);
            _outcomes[what] = "answered";
        }
        catch (HeliosException failure) when (failure.Code is "STATE_RECOVERY_FAILED" or "REQUEST_QUEUE_FULL")
        {
            _outcomes[what] = "failed";
        }
    }

    private async Task<StarlingClient> ConnectAsync(Uri address) =>
        await StarlingClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws" }.Uri, options =>
        {
            options.MaxReconnectDelay = TimeSpan.FromMilliseconds(200);
            options.RequestTimeout = TimeSpan.FromMinutes(5);
            options.MessageBufferSize = 100_000;
        }, client => client.Events.On("starling:unconfirmed", (ClientUnconfirmed happened) =>
        {
            foreach (var message in happened.Messages)
            {
                var notification = JsonElement.Parse(message.Data.Span).GetProperty("notification");
                _outcomes[notification.GetProperty("data").GetString()!] = "unconfirmed";
            }
        })).InTime();

    private static async Task SetCountAsync(StarlingClient client, int count)
    {
        var before = client.Token;
        await client.Request<int>("count:set", count).InTime();
        await Eventually.TrueAsync(() => client.Token != before);
    }

    private List<string> Lines()
    {
        using var reader = new StreamReader(new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }
}

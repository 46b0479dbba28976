using System.Text.Json;
using HeliosStarling.Wire;

namespace HeliosStarling.Threads;

/// <summary>Event-loop mode: a reader that changes threads within what has come loses, doubles and reorders nothing.</summary>
public sealed class MixedBatchTests : IAsyncDisposable
{
    private readonly LoopServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Requests_OfBothKinds_EachAnsweredOnceWithItsOwnPayload()
    {
        _server.Helios.Method("echo:here", (string text, RequestContext _) => text, new MethodOptions { NonBlocking = true });
        _server.Helios.Method("echo:pool", (string text, RequestContext _) => text);
        await _server.ConnectAsync();
        var sent = Enumerable.Range(0, 300).Select(i => (Id: ClientMessage.IdOf(i), Text: $"text {i} {new string('x', i)}")).ToList();

        var sending = Task.Run(async () =>
        {
            foreach (var ((id, text), i) in sent.Select((message, i) => (message, i)))
                await _server.SendAsync(ClientMessage.Request(i % 3 == 0 ? "echo:pool" : "echo:here", $"\"{text}\"", id));
        });
        var answers = new List<(string, string)>();
        while (answers.Count < sent.Count)
        {
            var answer = JsonElement.Parse(await _server.ReceiveAsync());
            answers.Add((answer.GetProperty("requestId").GetString()!, answer.GetProperty("data").GetString()!));
        }
        await sending;

        // Neither handler waits, so the answers keep the order of the requests.
        Assert.Equal(sent, answers);
    }

    [Fact]
    public async Task Notifications_AmongRequestsOfTheIoThread_KeepTheirOrder()
    {
        var seen = new List<int>();
        _server.Helios.On("count:next", (int next, TopicContext _) => seen.Add(next));
        _server.Helios.Method("count:ask", (object? _, RequestContext _) => 0, new MethodOptions { NonBlocking = true });
        await _server.ConnectAsync();

        for (var next = 0; next < 200; next++)
        {
            await _server.SendAsync(ClientMessage.Notification("count:next", $"{next}"));
            if (next % 4 == 3) await _server.SendAsync(ClientMessage.Request("count:ask", id: ClientMessage.IdOf(next)));
        }
        for (var answer = 0; answer < 50; answer++) await _server.ReceiveAsync();

        Assert.Equal(Enumerable.Range(0, 200), seen);
    }
}

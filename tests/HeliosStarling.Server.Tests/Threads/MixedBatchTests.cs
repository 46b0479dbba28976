using System.Text.Json;
using HeliosStarling.Wire;

namespace HeliosStarling.Threads;

/// <summary>
/// A batch with inline requests and ordinary requests loses, doubles and reorders nothing.
/// </summary>
public sealed class MixedBatchTests : IAsyncLifetime
{
    private WireServer _server = null!;

    public async ValueTask InitializeAsync() =>
        _server = await LeanServer.StartAsync(new ServerSetup(register: null, configure: null), new WireAddress(AddressKind.IPv4));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Requests_OfBothKinds_EachAnsweredOnceWithItsOwnPayload()
    {
        _server.Helios.Method("echo:function", (string text) => text);
        _server.Helios.Method("echo:request", (string text, RequestContext _) => text);
        await using var client = await _server.ConnectAsync();
        var sent = Enumerable.Range(0, 300).Select(i => (Id: ClientMessage.IdOf(i), Text: $"text {i} {new string('x', i)}")).ToList();

        var sending = Task.Run(async () =>
        {
            foreach (var ((id, text), i) in sent.Select((message, i) => (message, i)))
                await client.SendTextAsync(ClientMessage.Request(i % 3 == 0 ? "echo:request" : "echo:function", $"\"{text}\"", id));
        });
        var answers = new List<(string, string)>();
        while (answers.Count < sent.Count)
        {
            var answer = JsonElement.Parse(await client.ReadTextAsync());
            answers.Add((answer.GetProperty("requestId").GetString()!, answer.GetProperty("data").GetString()!));
        }
        await sending;

        // Neither handler waits, so the answers keep the order of the requests.
        Assert.Equal(sent, answers);
    }

    [Fact]
    public async Task Notifications_AmongRequests_KeepTheirOrder()
    {
        var seen = new List<int>();
        _server.Helios.On("count:next", (int next, TopicContext _) => seen.Add(next));
        _server.Helios.Method("count:ask", (object? _) => 0);
        await using var client = await _server.ConnectAsync();

        for (var next = 0; next < 200; next++)
        {
            await client.SendTextAsync(ClientMessage.Notification("count:next", $"{next}"));
            if (next % 4 == 3) await client.SendTextAsync(ClientMessage.Request("count:ask", id: ClientMessage.IdOf(next)));
        }
        for (var answer = 0; answer < 50; answer++) await client.ReadTextAsync();

        Assert.Equal(Enumerable.Range(0, 200), seen);
    }
}

using System.Text.Json;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>A hand-made client that counts messages.</summary>
internal sealed class ResumeClient(WireClient wire, JsonElement welcome) : IAsyncDisposable
{
    public WireClient Wire => wire;

    /// <summary>The first frame.</summary>
    public JsonElement Welcome => welcome;

    public JsonElement Data => welcome.GetProperty("notification").GetProperty("data");

    public string Topic => welcome.GetProperty("notification").GetProperty("topic").GetString()!;

    public string Id => Data.GetProperty("starlingId").GetString()!;

    public string Token => Data.GetProperty("token").GetString()!;

    public string Epoch => Data.GetProperty("epoch").GetString()!;

    public long Received => Data.GetProperty("received").GetInt64();

    public static Task<ResumeClient> ConnectAsync(WireServer server, string query = "resume=1") =>
        ConnectAsync(server, new UpgradeRequest($"/helios?{query}"));

    /// <summary>Connects, and answers the server's ping.</summary>
    public static async Task<ResumeClient> ConnectAsync(WireServer server, UpgradeRequest request)
    {
        var wire = await server.ConnectAsync(request);
        return new ResumeClient(wire, JsonElement.Parse(await wire.ReadTextAsync()));
    }

    /// <summary>Reconnects as this starling with this count.</summary>
    public Task<ResumeClient> ReturnAsync(WireServer server, long received, string more = "") =>
        ConnectAsync(server, $"recover={Token}&resume=1&epoch={Epoch}&received={received}{more}");

    public Task SendTextAsync(string text) => wire.SendTextAsync(text);

    public Task SendAsync(params ClientFrame[] frames) => wire.SendAsync(frames);

    public Task NotifyAsync(string topic, string data) =>
        SendTextAsync(ClientMessage.Of($$"""
            "type":"notification","notification":{"topic":"{{topic}}","data":{{data}}}
            """));

    public Task AckAsync(string received) =>
        SendTextAsync(ClientMessage.Of($"""
            "type":"ack","messageId":"{ClientMessage.Id}","received":{received}
            """));

    public Task AskAsync(string method, string payload, string id = ClientMessage.Id) =>
        SendTextAsync(ClientMessage.Request(method, payload, id));

    public async Task<JsonElement> ReadAsync() => JsonElement.Parse(await wire.ReadTextAsync());

    /// <summary>The next message: a notification as <c>topic data</c>, anything else by its type.</summary>
    public async Task<string> NextAsync()
    {
        var text = await wire.ReadTextAsync();
        if (!text.StartsWith('{')) return text;
        var message = JsonElement.Parse(text);
        return message.GetProperty("type").GetString() switch
        {
            "notification" =>
                $"{message.GetProperty("notification").GetProperty("topic")} {message.GetProperty("notification").GetProperty("data").GetRawText()}",
            "ack" => $"ack {(message.TryGetProperty("received", out var received) ? received.GetRawText() : "")}".TrimEnd(),
            "error" => $"error {message.GetProperty("error").GetProperty("code")}",
            "response" when message.GetProperty("success").GetBoolean() =>
                $"answer {message.GetProperty("requestId")} {(message.TryGetProperty("data", out var data) ? data.GetRawText() : "")}".TrimEnd(),
            "response" => $"failure {message.GetProperty("requestId")} {message.GetProperty("error").GetProperty("code")}",
            var type => $"{type} {(message.TryGetProperty("method", out var method) ? method.GetString() : "")}".TrimEnd(),
        };
    }

    public async Task<List<string>> NextAsync(int count)
    {
        var messages = new List<string>();
        while (messages.Count < count) messages.Add(await NextAsync());
        return messages;
    }

    /// <summary>Asserts that nothing else has arrived, by the answer to a ping.</summary>
    public async Task ExpectNothingAsync()
    {
        await SendTextAsync(ClientMessage.Of($"""
            "type":"ping","messageId":"{ClientMessage.Id}"
            """));
        Assert.StartsWith("ack", await NextAsync(), StringComparison.Ordinal);
    }

    /// <summary>Cuts the connection. Completes when the server has noticed and holds the starling, if it holds it.</summary>
    public async Task CutAsync(WireServer server)
    {
        var starling = server.Helios.Starlings.GetById(Id);
        var connection = starling?.Session.Connection;
        await wire.DisposeAsync();
        if (connection is not null)
            await Eventually.TrueAsync(() => starling!.Session.Connection != connection && HasSettled(server.Helios, starling));
    }

    // Advancing the clock earlier would change the time from which the starling is held.
    private static bool HasSettled(Helios helios, Starling starling) =>
        starling.Life.Stage != StarlingStage.Away || helios.Connections.IsStopping || helios.Node.Held.LongestFirst().Contains(starling);

    public ValueTask DisposeAsync() => wire.DisposeAsync();
}

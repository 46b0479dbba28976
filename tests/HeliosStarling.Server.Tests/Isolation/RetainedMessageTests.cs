using System.Text;
using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Isolation;

/// <summary>
/// Contexts and payloads that application code keeps never show another message, however long they are kept and on any thread.
/// Two clients send their own secrets in turn, so that both use the same buffers.
/// </summary>
public sealed class RetainedMessageTests : IAsyncDisposable
{
    private const int Messages = 6_000;
    private const int Ahead = 100;

    private readonly Helios _server = Helios.Create();
    private readonly RetainedReads _retained = new();
    private readonly List<MockStarling> _mocks = [];
    private int _taken;

    /// <summary>The values that server code keeps, and how a client sends a secret in them.</summary>
    public static TheoryData<string> OfServer => new(
        "payload",
        "payload, typed",
        "payload while the handler ends",
        "payload of a handler that goes on",
        "metadata",
        "text",
        "json",
        "binary",
        "topic",
        "topic metadata",
        "error");

    /// <summary>The values that client code keeps, and how the server sends a secret in them.</summary>
    public static TheoryData<string> OfClient =>
        new("payload", "metadata", "text", "json", "binary", "topic", "progress", "stream item", "answer", "error");

    public async ValueTask DisposeAsync()
    {
        foreach (var mock in _mocks) await mock.DisposeAsync();
        await _retained.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(OfServer))]
    public async Task Server_KeepsContexts_NeverSeesAnotherMessage(string what)
    {
        Serve();
        var clients = new[] { Connect(), Connect() };

        await RunAsync(i => SendAsync(clients[i % 2].Client, what, Secret(i)));
    }

    [Theory]
    [MemberData(nameof(OfClient))]
    public async Task Client_KeepsContexts_NeverSeesAnotherMessage(string what)
    {
        _server.Method("tell:stream", Stream);
        _server.Method("tell:progress", async (string secret, RequestContext context) =>
        {
            await context.ProgressAsync(secret);
            return secret;
        });
        var clients = new[] { Connect(Listen), Connect(Listen) };

        await RunAsync(i => TellAsync(clients[i % 2], what, Secret(i)));

        static async IAsyncEnumerable<string> Stream(string secret, RequestContext context)
        {
            yield return secret;
            await Task.Yield();
            yield return secret;
        }
    }

    private static string Secret(int number) => $"secret {number} {new string((char)('a' + (number % 26)), 40 + (number % 200))}";

    private static string TextOf(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    private async Task RunAsync(Func<int, Task> send)
    {
        for (var i = 0; i < Messages && _retained.Fault is null; i++)
        {
            await send(i).InTime();
            // A full outbox would drop notifications.
            if (i % Ahead == 0) await Eventually.TrueAsync(() => _retained.Fault is not null || Volatile.Read(ref _taken) >= i);
        }
        // Everything was kept, and was read at least once after the last message.
        await Eventually.TrueAsync(() => _retained.Fault is not null || _taken >= Messages);
        var before = _retained.Reads;
        await Eventually.TrueAsync(() => _retained.Fault is not null || _retained.Reads > before + 2_000);

        Assert.Null(_retained.Fault);
    }

    private void Keep(string expected, Func<string?> read)
    {
        _retained.Keep(expected, read);
        Interlocked.Increment(ref _taken);
    }

    private MockStarling Connect(Action<StarlingClient>? setup = null)
    {
        var mock = new MockStarling(_server, setup: setup);
        _mocks.Add(mock);
        return mock;
    }

    private void Serve()
    {
        _server.Method("keep:payload", (RequestContext context) =>
        {
            Keep(context.Payload.Read<string>()!, () => context.Payload.Element.GetString());
            return default(ValueTask);
        });
        _server.Method("keep:typed", (string secret, RequestContext context) =>
        {
            Keep(secret, () => context.Payload.Read<string>());
            return default(ValueTask);
        });
        _server.Method("keep:racing", (RequestContext context) =>
        {
            var secret = context.Payload.Read<string>()!;
            // Reads while the handler ends and the next message arrives.
            _ = Task.Run(() => Keep(secret, () => context.Payload.Element.GetString()));
            return default(ValueTask);
        });
        _server.Method("keep:later", async (RequestContext context) =>
        {
            var secret = context.Payload.Read<string>()!;
            await Task.Yield();
            Keep(secret, () => TextOf(context.Payload.Utf8).Trim('"'));
        });
        _server.Method("keep:metadata", (RequestContext context) =>
        {
            Keep(context.Metadata.GetProperty("secret").GetString()!, () => context.Metadata.GetProperty("secret").GetString());
            return default(ValueTask);
        });
        _server.OnText(context => Keep(context.Text, () => context.Text));
        _server.OnJson(context => Keep(
            context.Data.GetProperty("secret").GetString()!,
            () => JsonDocument.Parse(context.Utf8).RootElement.GetProperty("secret").GetString()));
        _server.OnBinary(context => Keep(TextOf(context.Data), () => TextOf(context.Data)));
        _server.On("keep:topic", (JsonElement secret, TopicContext _) => Keep(secret.GetString()!, secret.GetString));
        _server.On(
            "keep:topic_metadata",
            (string secret, TopicContext context) => Keep(secret, () => context.Metadata.GetProperty("secret").GetString()));
        _server.OnError(context => Keep(context.Message, () => context.Details?.GetProperty("secret").GetString()));
    }

    private static Task SendAsync(StarlingClient client, string what, string secret) => what switch
    {
        "payload" => client.Request<JsonElement>("keep:payload", secret).Answer,
        "payload, typed" => client.Request<JsonElement>("keep:typed", secret).Answer,
        "payload while the handler ends" => client.Request<JsonElement>("keep:racing", secret).Answer,
        "payload of a handler that goes on" => client.Request<JsonElement>("keep:later", secret).Answer,
        "metadata" => client.Request<JsonElement>("keep:metadata", null, new RequestOptions { Metadata = new { secret } }).Answer,
        "text" => client.SendTextAsync(secret).AsTask(),
        "json" => client.SendTextAsync(JsonSerializer.Serialize(new { secret })).AsTask(),
        "binary" => client.SendBinaryAsync(Encoding.UTF8.GetBytes(secret)).AsTask(),
        "topic" => client.NotifyAsync("keep:topic", secret).AsTask(),
        "topic metadata" => client.SendTextAsync(JsonSerializer.Serialize(new
        {
            protocol = "helios-starling",
            version = "1.0.0",
            timestamp = 1,
            type = "notification",
            notification = new { topic = "keep:topic_metadata", data = secret },
            metadata = new { secret },
        })).AsTask(),
        _ => client.SendTextAsync(JsonSerializer.Serialize(new
        {
            protocol = "helios-starling",
            version = "1.0.0",
            timestamp = 1,
            type = "error",
            error = new { severity = "application", code = "APP_SAID", message = secret, details = new { secret } },
        })).AsTask(),
    };

    private void Listen(StarlingClient client)
    {
        client.Method("keep:payload", (ClientRequestContext context) =>
        {
            Keep(context.Payload.Read<string>()!, () => context.Payload.Element.GetString());
            return default(ValueTask);
        });
        client.Method("keep:metadata", (ClientRequestContext context) =>
        {
            Keep(context.Metadata.GetProperty("secret").GetString()!, () => context.Metadata.GetProperty("secret").GetString());
            return default(ValueTask);
        });
        client.OnText(text => Keep(text, () => text));
        client.OnJson(json => Keep(json.GetProperty("secret").GetString()!, () => json.GetProperty("secret").GetString()));
        client.OnBinary(data => Keep(TextOf(data), () => TextOf(data)));
        client.On("keep:topic", (JsonElement secret) => Keep(secret.GetString()!, secret.GetString));
        client.OnError(error => Keep(error.Message, () => ((JsonElement)error.Details!).GetProperty("secret").GetString()));
    }

    private async Task TellAsync(MockStarling mock, string what, string secret)
    {
        var (starling, client) = (mock.Starling, mock.Client);
        switch (what)
        {
            case "payload": await starling.Request<JsonElement>("keep:payload", secret); break;
            case "metadata":
                await starling.Request<JsonElement>(
                "keep:metadata", null, new RequestOptions { Metadata = new { secret } }); break;
            case "text": await starling.SendTextAsync(secret); break;
            case "json": await starling.SendTextAsync(JsonSerializer.Serialize(new { secret })); break;
            case "binary": await starling.SendBinaryAsync(Encoding.UTF8.GetBytes(secret)); break;
            case "topic": await starling.NotifyAsync("keep:topic", secret); break;
            case "error": starling.Session.SendError(new HeliosException("APP_SAID", secret, new { secret })); break;
            case "answer":
                var answer = await client.Request<JsonElement>("tell:progress", secret);
                Keep(secret, answer.GetString);
                break;
            case "progress":
                var request = client.Request<JsonElement>("tell:progress", secret);
                using (request.OnProgress((JsonElement progress) => Keep(secret, progress.GetString))) await request;
                break;
            default:
                await foreach (var item in client.Request<JsonElement>("tell:stream", secret).Stream<JsonElement>())
                    Keep(secret, item.GetString);
                break;
        }
    }
}

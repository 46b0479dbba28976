using System.Text.Json;
using Microsoft.Extensions.Logging;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>docs/protocol.md section 4: the answers to requests that fail.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task Method_Unknown_IsNotFound()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("no:such", "{}"));

        await client.ExpectFailureAsync("METHOD_NOT_FOUND", "Method 'no:such' not found", """{"method":"no:such"}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task HeliosException_WithDetails_IsAnsweredAsItIs()
    {
        await using var server = await StartAsync(helios => helios.Method("chat:join", (string room, RequestContext _) =>
            throw new HeliosException("CHAT_ROOM_FULL", "No \"room\" ✋", new { Room = room, Limit = 2 })));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("chat:join", "\"lobby\""));

        await client.ExpectFailureAsync("CHAT_ROOM_FULL", "No \\\"room\\\" ✋", """{"room":"lobby","limit":2}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task HeliosException_WithoutDetails_HasNoDetailsField()
    {
        await using var server = await StartAsync(helios => helios.Method("chat:join", async (RequestContext _) =>
        {
            await Task.Yield();
            throw new HeliosException("CHAT_ROOM_FULL", "No room");
        }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("chat:join"));

        await client.ExpectFailureAsync("CHAT_ROOM_FULL", "No room");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Handler_CallsError_AnswersWithIt()
    {
        await using var server = await StartAsync(helios => helios.Method("chat:join", (RequestContext context) =>
            context.Error("CHAT_ROOM_FULL", "No room", new { Limit = 2 })));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("chat:join"));

        await client.ExpectFailureAsync("CHAT_ROOM_FULL", "No room", """{"limit":2}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task ErrorMessage_TooLong_IsCut()
    {
        await using var server = await StartAsync(helios => helios.Method("chat:join", (RequestContext _) =>
            throw new HeliosException("CHAT_ROOM_FULL", new string('x', 1025))));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("chat:join"));

        await client.ExpectFailureAsync("CHAT_ROOM_FULL", new string('x', 1024));
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("fail:now")]
    [InlineData("fail:later")]
    public async Task OtherException_DebugOff_TellsNothing(string method)
    {
        await using var server = await StartAsync(RegisterFailing);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request(method));

        await client.ExpectFailureAsync("METHOD_ERROR", "Method execution failed");
        await client.ExpectAliveAsync();
        AssertFailureIsLogged(server);
    }

    [Theory]
    [InlineData("fail:now")]
    [InlineData("fail:later")]
    public async Task OtherException_DebugOn_TellsItsText(string method)
    {
        await using var server = await StartAsync(RegisterFailing, options => options.Debug = true);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request(method));

        var answer = await client.ReadTextAsync();
        Assert.StartsWith(
            server.Envelope($"\"type\":\"response\",\"requestId\":\"{Id}\",\"success\":false,")[..^1]
            + """
            "error":{"code":"METHOD_ERROR","message":"Method execution failed","details":{"exception":"System.FormatException: secret
            """,
            answer, StringComparison.Ordinal);
        await client.ExpectAliveAsync();
        AssertFailureIsLogged(server);
    }

    [Theory]
    [InlineData("""["one"]""", "$[0]", "The value must be a whole number in the range of its member.")]
    [InlineData("7", "$", "The value must be an array.")]
    [InlineData("null", "$", "A value is required.")]
    [InlineData(null, "$", "A value is required.")]
    public async Task Payload_NotOfTheHandlersType_GetsValidationError(string? payload, string path, string fault)
    {
        await using var server = await StartAsync(helios => helios.Method("sum:add", (int[] numbers, RequestContext _) => numbers.Sum()));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("sum:add", payload));

        await client.ExpectFailureAsync(
            "VALIDATION_ERROR",
            $"The payload is not what the method takes: {path}: {fault}",
            $$"""{"errors":[{"path":"{{path}}","message":"{{fault}}"}]}""");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task RequestId_InFlightAlready_GetsErrorMessageAndTheFirstAnswerStands()
    {
        var gate = Signal();
        await using var server = await StartAsync(helios => helios.Method("wait:gate", async (int number, RequestContext _) =>
        {
            await gate.Task;
            return number;
        }));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("wait:gate", "1"));

        // Another spelling of the same UUID. The error names it as received.
        await client.SendTextAsync(Request("wait:gate", "2", Id.ToUpperInvariant()));

        await client.ExpectErrorAsync(
            "REQUEST_DUPLICATE", "A request with this id is in flight already", $$"""{"requestId":"{{Id.ToUpperInvariant()}}"}""");
        await client.ExpectAliveAsync();
        gate.SetResult();
        await client.ExpectSuccessAsync("1");
    }

    [Fact]
    public async Task RequestId_OfFinishedRequest_MayComeAgain()
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo", "1"));
        await client.SendTextAsync(Request("echo:echo", "2"));

        await client.ExpectSuccessAsync("1");
        await client.ExpectSuccessAsync("2");
    }

    [Theory]
    [InlineData("\"peer\":true")]
    [InlineData("\"peer\":{\"target\":\"x\"}")]
    public async Task Peer_OfRequest_IsForbidden(string peer)
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($$"""
            "type":"request","requestId":"{{Id}}","method":"echo:echo",{{peer}}
            """));

        await client.ExpectFailureAsync("PROXY_FORBIDDEN", "Messages are not passed on to other clients here");
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("""
        "type":"notification","peer":true,"notification":{"topic":"progress"}
        """)]
    [InlineData("""
        "type":"response","peer":true,"requestId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","success":true
        """)]
    [InlineData("""
        "type":"ping","peer":{}
        """)]
    [InlineData("""
        "type":"ack","peer":true,"messageId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"
        """)]
    public async Task Peer_OfOtherKinds_GetsErrorMessage(string fields)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of(fields));

        await client.ExpectErrorAsync("PROXY_FORBIDDEN", "Messages are not passed on to other clients here");
        await client.ExpectAliveAsync();
    }

    private static void RegisterFailing(Helios helios)
    {
        helios.Method("fail:now", (RequestContext _) => throw new FormatException("secret"));
        helios.Method("fail:later", async (RequestContext _) =>
        {
            await Task.Yield();
            throw new FormatException("secret");
        });
    }

    private static void AssertFailureIsLogged(WireServer server) =>
        Assert.Contains(server.Log.Entries, entry => entry is { Level: LogLevel.Error, Exception: FormatException { Message: "secret" } });

    private const string NoText =
        """{"errors":[{"path":"$","message":"The value cannot be read: a string holds an unpaired surrogate."}]}""";

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"a\":[\"x\\udc00\\ud800\"]}")]
    [InlineData("{\"\\uD83D\":1}")]
    [InlineData("\"\\ud83d\\ud83d\\ude80\"")]
    public async Task UnpairedSurrogate_Echoed_IsTheCallersFault(string payload)
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo", payload));

        await client.ExpectFailureAsync(
            "VALIDATION_ERROR",
            "The payload is not what the method takes: $: The value cannot be read: a string holds an unpaired surrogate.",
            NoText);
        await client.ExpectAliveAsync();
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Level >= LogLevel.Warning && entry.Exception is not null);
    }

    [Theory]
    [InlineData("\"\\ud83d\\ude80\"")]
    [InlineData("\"\\\\ud800\"")]
    [InlineData("\"\\\\\\ud83d\\uDE80\\\\ud800\"")]
    public async Task PairedSurrogates_Echoed_AreText(string payload)
    {
        await using var server = await StartAsync(Echo);
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Request("echo:echo", payload));

        await client.ExpectTextAsync(JsonSerializer.Deserialize<string>(payload)!);
    }

    [Fact]
    public async Task UnpairedSurrogate_OfPayloadElementMetadataAndPlainJson_IsReplacedAndLogsNothing()
    {
        await using var server = await StartAsync(helios =>
        {
            helios.Method(
                "echo:element", (RequestContext context) => new { payload = context.Payload.Element, metadata = context.Metadata });
            helios.OnJson(async context => await context.Starling.NotifyAsync("n:n", context.Data));
        });
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($$"""
            "type":"request","requestId":"{{Id}}","method":"echo:element","payload":"a\ud800\ud83d\ude80","metadata":{"m":"\udfff\\ud800"}
            """));
        var answer = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("data");
        await client.SendTextAsync("""{"plain":"\ud800"}""");
        var plain = JsonElement.Parse(await client.ReadTextAsync()).GetProperty("notification").GetProperty("data");

        Assert.Equal(
            ("a\ufffd\U0001F680", "\ufffd\\ud800", "\ufffd"),
            (
                answer.GetProperty("payload").GetString(),
                answer.GetProperty("metadata").GetProperty("m").GetString(),
                plain.GetProperty("plain").GetString()));
        await client.ExpectAliveAsync();
        Assert.DoesNotContain(server.Log.Entries, entry => entry.Exception is not null);
    }

    [Fact]
    public async Task Data_ThatATopicDoesNotTake_IsNotLogged()
    {
        await using var server = await StartAsync(helios => helios.On("n:n", (Dictionary<string, int> _, TopicContext _) => { }));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Notification("n:n", """{"hunter2":"hunter2"}"""));

        Assert.Contains("VALIDATION_ERROR", await client.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Contains(
            server.Log.Entries, entry => entry.Level == LogLevel.Debug && entry.Text.Contains("'n:n'", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Everything, text =>
            text.Contains("hunter2", StringComparison.Ordinal) || text.Contains("could not be converted", StringComparison.Ordinal));
    }
}

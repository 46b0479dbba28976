using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>Which messages count, how many are accepted, and how the next one is refused.</summary>
public sealed class MessageRateTests : RateLimitTest
{
    private const string Excess = "\"type\":\"error\",\"error\":{\"severity\":\"application\",\"code\":\"RATE_LIMIT_EXCEEDED\",\"message\":\"Too many messages\",\"details\":";

    // The message, the number of frames that answer it, and the request id of its refusal.
    private static readonly Dictionary<string, (ClientFrame Frame, int Answers, string? Id)> s_kinds = new()
    {
        ["request"] = (ClientFrame.Text(Request("system:ping")), 1, Id),
        ["request of an unknown method"] = (ClientFrame.Text(Request("no:method")), 1, Id),
        ["invalid request with id"] = (ClientFrame.Text(Request("nomethod")), 1, Id),
        ["invalid message"] = (ClientFrame.Text(Of("\"type\":\"nothing\"")), 1, null),
        ["invalid request without id"] = (ClientFrame.Text(Of("\"type\":\"request\",\"method\":\"a:b\"")), 1, null),
        ["notification"] = (ClientFrame.Text(Of("\"type\":\"notification\",\"notification\":{\"topic\":\"a:b\"}")), 0, null),
        ["notification of an unknown request"] = (ClientFrame.Text(Cancel()), 0, null),
        ["response to nothing"] = (ClientFrame.Text(Of($"\"type\":\"response\",\"requestId\":\"{Id}\",\"success\":true")), 0, null),
        ["ping"] = (ClientFrame.Text(Of($"\"type\":\"ping\",\"messageId\":\"{Id}\"")), 1, null),
        ["ack of nothing"] = (ClientFrame.Text(Of($"\"type\":\"ack\",\"messageId\":\"{Id}\"")), 0, null),
        ["ack that says nothing new"] = (ClientFrame.Text(Of($"\"type\":\"ack\",\"messageId\":\"{Id}\",\"received\":0")), 0, null),
        ["ack for another peer"] = (ClientFrame.Text(Of($"\"type\":\"ack\",\"messageId\":\"{Id}\",\"peer\":true")), 1, null),
        ["text"] = (ClientFrame.Text("hello"), 0, null),
        ["JSON"] = (ClientFrame.Text("{\"hello\":1}"), 0, null),
        ["binary"] = (ClientFrame.Binary(1, 2, 3), 0, null),
        ["too large"] = (ClientFrame.Text(Request("system:ping", $"\"{new string('x', 2000)}\"")), 1, Id),
        ["too large binary"] = (ClientFrame.Binary(new byte[2000]), 1, null),
    };

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task PerConnection_OfEachKindOfMessage_ExactlyThePermits(string kind)
    {
        var (frame, answers, id) = s_kinds[kind];
        await using var server = await SmallAsync();
        await using var client = await server.ConnectAsync();

        // All at once, then the permits that come back one by one.
        foreach (var permits in (int[])[3, 1, 1])
        {
            for (var i = 0; i <= permits; i++) await client.SendAsync(frame);
            for (var i = 0; i < permits * answers; i++)
                Assert.DoesNotContain("RATE_LIMIT_EXCEEDED", await client.ReadTextAsync(), StringComparison.Ordinal);
            if (id is null) await client.ExpectAsync(Excess + Details(server, ThreePer3Seconds) + "}");
            else await client.ExpectFailureAsync("RATE_LIMIT_EXCEEDED", "Too many messages", Details(server, ThreePer3Seconds), id);
            server.Time.Advance(TimeSpan.FromSeconds(1));
        }
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task PerConnection_ErrorMessages_CountAndAreNeverAnswered()
    {
        await using var server = await SmallAsync();
        await using var client = await server.ConnectAsync();
        var error = Of("\"type\":\"error\",\"error\":{\"severity\":\"protocol\",\"code\":\"A_CODE\",\"message\":\"m\"}");
        var invalid = Of("\"type\":\"error\",\"error\":7");

        foreach (var text in (string[])[error, invalid, error, error, invalid]) await client.SendTextAsync(text);

        await ExpectRefusedAsync(server, client, ThreePer3Seconds);
    }

    [Fact]
    public async Task PerConnection_WebSocketPingsAndPongs_AreNoMessages()
    {
        await using var server = await SmallAsync();
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync(ClientFrame.Pong(), ClientFrame.Ping(1));
            Assert.Equal(ServerFrame.PongOpcode, (await client.ReadFrameAsync()).Opcode);
        }

        await ExpectExactlyAsync(server, client, 3, ThreePer3Seconds);
    }

    [Fact]
    public async Task PerConnection_DuplicateOfARequestInFlight_IsRefusedWithoutEndingIt()
    {
        var gate = new Gate();
        await using var server = await SmallAsync(gate.Register);
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("wait:gate"));
        for (var i = 2; i <= 3; i++)
        {
            await client.SendTextAsync(Request("system:ping", id: IdOf(i)));
            await client.ReadTextAsync();
        }

        await client.SendTextAsync(Request("wait:gate"));

        await client.ExpectAsync(Excess + Details(server, ThreePer3Seconds) + "}");
        gate.Open();
        await client.ExpectSuccessAsync("\"passed\"");
    }

    [Fact]
    public async Task PerConnection_AnswersAndAcknowledgementsThatWereAskedFor_AreFree()
    {
        await using var server = await SmallAsync();
        await using var client = await ResumeClient.ConnectAsync(server);
        var starling = server.Helios.Starlings.GetById(client.Id)!;
        for (var i = 1; i <= 10; i++)
        {
            var asked = starling.Request<int>("client:ask");
            var id = (await client.ReadAsync()).GetProperty("requestId").GetString();
            await client.SendTextAsync(Of($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":{i}"));
            Assert.Equal(i, await asked.InTime());
            await client.AckAsync($"{i}");
        }

        await ExpectExactlyAsync(server, client.Wire, 3, ThreePer3Seconds);
    }

    [Fact]
    public async Task Acknowledgements_TooHigh_Count()
    {
        await using var server = await SmallAsync();
        await using var client = await ResumeClient.ConnectAsync(server);

        for (var i = 0; i < 4; i++) await client.AckAsync("99");

        Assert.Equal(
            ["error PROTOCOL_VIOLATION", "error PROTOCOL_VIOLATION", "error PROTOCOL_VIOLATION", "error RATE_LIMIT_EXCEEDED"],
            await client.NextAsync(4));
    }

    [Fact]
    public async Task Burst_AfterAPause_IsLetInAtOnceAndThePermitsComeBackOneByOne()
    {
        var limit = new RateLimit(1, TimeSpan.FromSeconds(1)) { Burst = 5 };
        await using var server = await StartAsync(limits => limits.PerConnection = limit);
        await using var client = await server.ConnectAsync();

        await ExpectExactlyAsync(server, client, 5, limit);
        server.Time.Advance(TimeSpan.FromSeconds(2));
        await ExpectExactlyAsync(server, client, 2, limit);
        server.Time.Advance(TimeSpan.FromMinutes(30));
        await ExpectExactlyAsync(server, client, 5, limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task CloseAfter_SoManyRefusals_ClosesBehindTheLastAnswer(int refusals)
    {
        await using var server = await StartAsync(limits => (limits.PerConnection, limits.CloseAfter) = (ThreePer3Seconds, refusals));
        await using var client = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();

        await ExpectExactlyAsync(server, client, 3, ThreePer3Seconds);
        for (var i = 1; i < refusals; i++) await ExpectRefusedAsync(server, client, ThreePer3Seconds);

        await client.ExpectCloseAsync(4029, "rate limited");
        await other.ExpectAliveAsync();
    }

    [Fact]
    public async Task CloseAfter_RefusalsFarApart_DoNotClose()
    {
        await using var server = await StartAsync(limits => (limits.PerConnection, limits.CloseAfter) = (ThreePer3Seconds, 2));
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 4; i++)
        {
            await ExpectExactlyAsync(server, client, 3, ThreePer3Seconds);
            server.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task CloseAfter_ErrorMessagesThatGetNoAnswer_CloseToo()
    {
        await using var server = await StartAsync(limits => (limits.PerConnection, limits.CloseAfter) = (ThreePer3Seconds, 2));
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 5; i++)
            await client.SendTextAsync(
                Of("\"type\":\"error\",\"error\":{\"severity\":\"protocol\",\"code\":\"A_CODE\",\"message\":\"m\"}"));

        await client.ExpectCloseAsync(4029, "rate limited");
    }

    // CloseAfter is far away, and the size limit is small.
    private static Task<WireServer> SmallAsync(Action<Helios>? register = null) => LimitServer.StartAsync(register, options =>
    {
        options.MaxMessageSize = 1024;
        options.RateLimits.PerConnection = ThreePer3Seconds;
    });
}

using HeliosStarling.Framing;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>Messages other than requests: other protocol messages, and frames that are no protocol messages.</summary>
public abstract partial class WireContract
{
    [Theory]
    [InlineData("hello 👋")]
    [InlineData("")]
    [InlineData("{\"protocol\":\"helios-starling\"")]
    [InlineData("{} {}")]
    public async Task Text_NoJson_ReachesOnText(string text)
    {
        var got = Signal<string>();
        await using var server = await StartAsync(helios => helios.OnText(context => got.SetResult(context.Text)));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(text);

        Assert.Equal(text, await got.Task.InTime());
        await client.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("""{"any":[1,2]}""")]
    [InlineData("""{"protocol":"helios","type":"request"}""")]
    [InlineData("""{"protocol":null}""")]
    [InlineData("[{}]")]
    [InlineData("7")]
    public async Task Json_OfNoProtocol_ReachesOnJson(string json)
    {
        var got = Signal<string>();
        await using var server = await StartAsync(helios => helios.OnJson(context => got.SetResult(context.Data.GetRawText())));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(json);

        Assert.Equal(json, await got.Task.InTime());
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Binary_Frame_ReachesOnBinaryAndMayBeSentBack()
    {
        await using var server = await StartAsync(
            helios => helios.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data)));
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Binary(0, 1, 0xFF));

        var back = await client.ReadFrameAsync();
        Assert.Equal((ServerFrame.BinaryOpcode, "0001FF"), (back.Opcode, Convert.ToHexString(back.Payload)));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Text_SentByTheApplication_ArrivesAsItIs()
    {
        await using var server = await StartAsync(
            helios => helios.OnText(async context => await context.Starling.SendTextAsync(context.Text + " 👋")));
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync("hello");

        Assert.Equal("hello 👋", await client.ReadTextAsync());
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Frames_ThatNobodyTakes_AreIgnoredAndCounted()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendAsync(ClientFrame.Text("hello"), ClientFrame.Text("{}"), ClientFrame.Binary(1));

        await client.ExpectAliveAsync();
        await server.Metrics.ReachedAsync("helios.messages.ignored[text]", 1);
        await server.Metrics.ReachedAsync("helios.messages.ignored[json]", 1);
        await server.Metrics.ReachedAsync("helios.messages.ignored[binary]", 1);
    }

    [Fact]
    public async Task Response_ToNoRequest_IsIgnoredAndCounted()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($"\"type\":\"response\",\"requestId\":\"{Id}\",\"success\":true"));

        await client.ExpectAliveAsync();
        await server.Metrics.ReachedAsync("helios.messages.ignored[response]", 1);
    }

    [Fact]
    public async Task Ack_WithoutResume_IsIgnored()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($"\"type\":\"ack\",\"messageId\":\"{Id}\",\"received\":7"));

        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Ping_WithMessageId_IsAckedWithIt()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of($"\"type\":\"ping\",\"messageId\":\"{Id.ToUpperInvariant()}\""));

        await client.ExpectAsync($"\"type\":\"ack\",\"messageId\":\"{Id.ToUpperInvariant()}\"");
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Ping_WithoutMessageId_IsAckedWithFreshOne()
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of("\"type\":\"ping\""));

        var ack = await client.ReadTextAsync();
        const string uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
        Assert.Matches("^" + server.Envelope($"\"type\":\"ack\",\"messageId\":\"{uuid}\"") + "$", ack);
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Notification_OfClient_ReachesMatchingHandlersByPriority()
    {
        var calls = new List<string>();
        var done = Signal();
        await using var server = await StartAsync(helios =>
        {
            helios.On<int>("chat:*", (data, context) =>
            {
                calls.Add($"any {context.Topic} {data}");
                done.SetResult();
            });
            helios.On<int>("chat:lobby", (data, _) => calls.Add($"lobby {data}"), new TopicOptions { Priority = 1 });
            helios.On<int>("chat:lobby", (_, _) => calls.Add("filtered"), new TopicOptions { Priority = 2, Filter = _ => false });
            helios.On<int>("job:**", (_, _) => calls.Add("another"), new TopicOptions { Priority = 3 });
        });
        await using var client = await server.ConnectAsync();

        await client.SendTextAsync(Of("""
            "type":"notification","notification":{"topic":"chat:lobby","data":7}
            """));

        await done.Task.InTime();
        Assert.Equal(["lobby 7", "any chat:lobby 7"], calls);
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Request_OfServer_IsSentAndItsAnswerMatched()
    {
        await using var server = await StartAsync(helios =>
            helios.Method("page:title", async (Starling starling) => await starling.Request<string>("page:ask", new { What = "title" })));
        await using var client = await server.ConnectAsync();
        await client.SendTextAsync(Request("page:title"));

        var asked = await client.ReadTextAsync();
        var id = asked[(asked.IndexOf("\"requestId\":\"", StringComparison.Ordinal) + 13)..][..36];
        await client.SendTextAsync(Of($"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":\"Chat\""));

        Assert.Equal(
            server.Envelope($$$"""
                "type":"request","requestId":"{{{id}}}","method":"page:ask","payload":{"what":"title"}
                """),
            asked);
        await client.ExpectSuccessAsync("\"Chat\"");
        await client.ExpectAliveAsync();
    }
}

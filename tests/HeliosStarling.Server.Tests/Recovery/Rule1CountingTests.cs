using System.Text.Json;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 1.</summary>
public class Rule1CountingTests : RecoveryTest
{
    [Theory]
    [InlineData("plain text")]
    [InlineData("""{"some":"json"}""")]
    [InlineData("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"nonsense"}""")]
    [InlineData("""{"protocol":"helios-starling","version":"2.0.0","timestamp":1,"type":"request"}""")]
    [InlineData("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"notification","notification":{"topic":"nobody:listens"}}""")]
    [InlineData("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","success":true}""")]
    [InlineData("""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"error","error":{"severity":"protocol","code":"A_B","message":"m"}}""")]
    public async Task Text_OfAnyKind_IsCounted(string text)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendTextAsync(text);

        Assert.Equal(1, await CountedAsync(client));
    }

    [Fact]
    public async Task Binary_AndTooLargeToBeRead_AreCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync(
            ClientFrame.Binary(new byte[3]), ClientFrame.Text(new string('x', 2000)), ClientFrame.Binary(new byte[3000]));

        Assert.Equal(3, await CountedAsync(client));
    }

    [Theory]
    [InlineData("\"type\":\"ack\",\"messageId\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"")]
    [InlineData("\"type\":\"ack\",\"messageId\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\",\"received\":0")]
    [InlineData("\"type\":\"ack\",\"messageId\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\",\"received\":\"many\"")]
    [InlineData("\"type\":\"ping\",\"messageId\":\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"")]
    [InlineData("\"type\":\"ping\"")]
    public async Task AcksAndPings_EvenMalformed_AreNotCounted(string fields)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendTextAsync(ClientMessage.Of(fields));
        await client.SendTextAsync("one");

        Assert.Equal(1, await CountedAsync(client));
    }

    [Fact]
    public async Task InvalidUtf8_ClosesItsReader_IsCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync(new ClientFrame(ServerFrame.TextOpcode, [0xFF]));
        await client.Wire.ExpectCloseAsync(1007, "Text is not UTF-8");
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(1, back.Received);
    }

    [Fact]
    public async Task FarTooLarge_ClosesItsReader_IsCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync(ClientFrame.Binary(new byte[17 * 1024]));
        await client.Wire.ExpectCloseAsync(1009, "Message is too large");
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(1, back.Received);
    }

    [Fact]
    public async Task FarTooLarge_IsAnAnswer_ItsRequestFailsAtOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var request = StarlingOf(client).Request<string>("ui:ask");
        var id = (await client.ReadAsync()).GetProperty("requestId").GetString();

        await client.SendAsync(ClientFrame.Text(ClientMessage.Of(
            $"\"type\":\"response\",\"requestId\":\"{id}\",\"success\":true,\"data\":\"\"")) with
        { ClaimedLength = 17 * 1024 });
        await client.Wire.ExpectCloseAsync(1009, "Message is too large");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
        Assert.Equal("REQUEST_PAYLOAD_TOO_LARGE", failure.Code);
        Assert.Equal("""{"size":17408,"limit":1024}""", ((JsonElement)failure.Details!).GetRawText());
    }

    [Fact]
    public async Task Welcome_IsNotCounted_TheFirstMessageBehindItIsNumberOne()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2);
        Assert.Equal(["n:n 1", "n:n 2"], await client.NextAsync(2));
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 1);

        Assert.Equal("n:n 2", await back.NextAsync());
    }

    [Fact]
    public async Task Counted_ConnectionEndsAtOnce_IsHandledOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        for (var i = 0; i < 20; i++) await client.NotifyAsync("take:it", $"\"{i}\"");
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);
        for (var i = back.Received; i < 20; i++) await back.NotifyAsync("take:it", $"\"{i}\"");

        await TakenAsync(20);
        await back.ExpectNothingAsync();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), TakenSoFar());
    }

    private async Task<long> CountedAsync(ResumeClient client)
    {
        // The answer to this ping shows that everything before it was handled.
        var id = ClientMessage.IdOf(1);
        await client.SendTextAsync(ClientMessage.Of($"\"type\":\"ping\",\"messageId\":\"{id}\""));
        while (!(await client.ReadAsync()).TryGetProperty("messageId", out var answered) || answered.GetString() != id)
        {
        }
        return StarlingOf(client).Session.Ledger.Received;
    }
}

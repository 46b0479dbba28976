using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 4.</summary>
public class Rule4AckTests : RecoveryTest
{
    [Fact]
    public async Task Ack_After32Messages_SaysAllThatWasCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync([.. Enumerable.Range(0, 31).Select(_ => ClientFrame.Text("x"))]);
        await client.ExpectNothingAsync();
        await client.SendTextAsync("x");

        Assert.Equal("ack 32", await client.NextAsync());
    }

    [Fact]
    public async Task Ack_IsACompleteEnvelope()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync([.. Enumerable.Range(0, 32).Select(_ => ClientFrame.Text("x"))]);

        var ack = await client.ReadAsync();
        Assert.Equal(
            ["protocol", "version", "timestamp", "type", "messageId", "received"], ack.EnumerateObject().Select(field => field.Name));
        Assert.True(ack.GetProperty("messageId").TryGetGuid(out _));
    }

    [Fact]
    public async Task Ack_AfterAQuarterMegabyte_DoesNotWaitForMore()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.SendAsync([.. Enumerable.Range(0, 17).Select(_ => ClientFrame.Binary(new byte[16 * 1024 - 1]))]);

        // Too large for this server, which answers each message and counts it too.
        var messages = await client.NextAsync(18);
        Assert.Equal("ack 17", messages.Single(message => message.StartsWith("ack", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ack_OneMessage_ComesWithinASecond()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.SendTextAsync("x");
        await client.ExpectNothingAsync();

        Server.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("ack 1", await client.NextAsync());
        Server.Time.Advance(TimeSpan.FromSeconds(5));
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Ack_IsNeverAnswered()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1);
        await client.NextAsync();

        for (var i = 0; i < 40; i++) await client.AckAsync("1");
        Server.Time.Advance(TimeSpan.FromSeconds(2));

        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Ack_LowerThanTheLast_IsIgnored()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3);
        await client.NextAsync(3);

        await client.AckAsync("2");
        await client.AckAsync("1");

        await client.ExpectNothingAsync();
        Assert.Equal(1, StarlingOf(client).Session.Outbox.Count);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("9223372036854775807")]
    public async Task Ack_OfWhatWasNeverSent_IsAViolationAndNotApplied(string received)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2);
        await client.NextAsync(2);

        await client.AckAsync(received);

        var error = (await client.ReadAsync()).GetProperty("error");
        Assert.Equal("PROTOCOL_VIOLATION", error.GetProperty("code").GetString());
        Assert.Equal($"received: {received} is more than was sent", error.GetProperty("details").GetProperty("violations")[0].GetString());
        await client.CutAsync(Server);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(["n:n 1", "n:n 2", "error PROTOCOL_VIOLATION"], await back.NextAsync(3));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    [InlineData("[]")]
    [InlineData("99999999999999999999")]
    public async Task Ack_OfNoNumber_IsAViolationAndNotApplied(string received)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1);
        await client.NextAsync();

        await client.AckAsync(received);

        Assert.Equal("error PROTOCOL_VIOLATION", await client.NextAsync());
        Assert.Equal(2, StarlingOf(client).Session.Outbox.Count);
    }

    [Fact]
    public async Task Ack_OfAPlainClient_IsIgnored()
    {
        await using var wire = await Server.ConnectAsync();

        await wire.SendTextAsync(ClientMessage.Of($"\"type\":\"ack\",\"messageId\":\"{ClientMessage.Id}\",\"received\":5"));

        await wire.ExpectAliveAsync();
    }

    [Fact]
    public async Task SenderThatWaitsForRoom_StopsNoReader_AcksLetItGoOn()
    {
        Helios.Method("send:many", async (int count, RequestContext context) =>
        {
            for (var i = 0; i < count; i++) await context.Starling.NotifyAsync("n:n", i);
            return count;
        });
        await using var client = await ResumeClient.ConnectAsync(Server);

        await client.AskAsync("send:many", "300");

        for (var i = 0; i < 300; i++)
        {
            Assert.Equal($"n:n {i}", await client.NextAsync());
            if (i % 32 == 31) await client.AckAsync($"{i + 1}");
        }
        Assert.Equal($"answer {ClientMessage.Id} 300", await client.NextAsync());
    }
}

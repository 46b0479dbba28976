using HeliosStarling.Recovery;
using HeliosStarling.Wire;

namespace HeliosStarling.Limits;

/// <summary>MessageBufferSize, MessageBufferBytes and OutboxPolicy, which a starling may have of its own.</summary>
public sealed class OutboxLimitTests : RecoveryTest
{
    private const int Bytes = 4096;

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.MessageBufferBytes = Bytes;
    }

    [Fact]
    public async Task MessageBufferBytes_AtTheLimitAndBeyond_MissedIsExact()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        // Numbers with two digits, so that all messages have the same size.
        var size = Server.Envelope("\"type\":\"notification\",\"notification\":{\"topic\":\"n:n\",\"data\":10}").Length;
        var kept = (Bytes + size - 1) / size;
        await TellAsync(client, [.. Enumerable.Range(10, kept)]);
        await using var all = await client.ReturnAsync(Server, 0);
        Assert.Equal(0, all.Data.GetProperty("missed").GetInt64());
        await all.CutAsync(Server);

        await TellAsync(client, 10 + kept);

        await using var back = await all.ReturnAsync(Server, 0);
        Assert.Equal(1, back.Data.GetProperty("missed").GetInt64());
        Assert.Equal(
            ["""connection:missed {"missed":1}""", .. Enumerable.Range(11, kept).Select(number => $"n:n {number}")],
            await back.NextAsync(1 + kept));
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task OutboxPolicy_OfOneStarling_LeavesTheOthersTheServers()
    {
        await using var other = await ResumeClient.ConnectAsync(Server);
        await using var client = await ResumeClient.ConnectAsync(Server);
        StarlingOf(client).OutboxPolicy = OutboxPolicy.DropNewest;
        await other.CutAsync(Server);
        await client.CutAsync(Server);
        var size = Server.Envelope("\"type\":\"notification\",\"notification\":{\"topic\":\"n:n\",\"data\":10}").Length;
        var kept = (Bytes + size - 1) / size;

        for (var i = 10; i < 13 + kept; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        await using var otherBack = await other.ReturnAsync(Server, 0);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(["""connection:missed {"missed":3}""", "n:n 13"], await otherBack.NextAsync(2));
        Assert.Equal(
            [.. Enumerable.Range(10, kept).Select(number => $"n:n {number}"), """connection:missed {"missed":3}"""],
            await back.NextAsync(kept + 1));
        Assert.Equal((OutboxPolicy.DropOldest, OutboxPolicy.DropNewest), (StarlingOf(other).OutboxPolicy, StarlingOf(client).OutboxPolicy));
    }

    [Fact]
    public async Task OutboxPolicy_Unknown_IsRefused()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.Throws<ArgumentOutOfRangeException>(() => StarlingOf(client).OutboxPolicy = (OutboxPolicy)7);
    }

    [Fact]
    public async Task OutboxPolicy_DisconnectOfOneStarling_ClosesItAlone4003()
    {
        await using var other = await ResumeClient.ConnectAsync(Server);
        await using var client = await ResumeClient.ConnectAsync(Server);
        StarlingOf(client).OutboxPolicy = OutboxPolicy.Disconnect;

        for (var i = 1; i <= 65; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        ServerFrame frame;
        while ((frame = await client.Wire.ReadFrameAsync()).Opcode != ServerFrame.CloseOpcode)
        {
        }
        Assert.Equal(4003, frame.CloseCode);
        Assert.True(StarlingOf(other).IsConnected);
    }

    [Fact]
    public async Task DirectSend_ThatFillsTheOutbox_WaitsForTheAcknowledgement()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(client);
        var sent = new List<Task<SendResult>>();
        while (sent.All(task => task.IsCompletedSuccessfully)) sent.Add(starling.NotifyAsync("n:n", sent.Count).AsTask());
        Assert.Equal(sent.Count, starling.Session.Outbox.Count);

        for (var i = 0; i < sent.Count; i++) Assert.Equal($"n:n {i}", await client.NextAsync());
        Assert.False(sent[^1].IsCompleted);
        await client.AckAsync("2");

        Assert.Equal(SendResult.Queued, await sent[^1].InTime());
    }
}

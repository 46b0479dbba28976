using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Observability;

public class MessageMetricsTests : RecoveryTest
{
    [Fact]
    public async Task Messages_BothWays_AreCountedByKindWithTheirBytes()
    {
        await using var client = await Server.ConnectAsync();
        var (request, violation, ping) = (
            Request("echo:echo", "\"hello\""), Of("\"type\":\"request\""), Of($"\"type\":\"ping\",\"messageId\":\"{Id}\""));
        var notification = Of("\"type\":\"notification\",\"notification\":{\"topic\":\"take:it\",\"data\":\"x\"}");
        await client.SendAsync(
            ClientFrame.Text("plain"), ClientFrame.Text("[1]"), ClientFrame.Binary(1, 2, 3), ClientFrame.Text(notification),
            ClientFrame.Text(new string('x', 1025)),
            ClientFrame.Text(request), ClientFrame.Text(violation), ClientFrame.Text(ping));
        var answers = new List<string>();
        while (answers.Count < 4) answers.Add(await client.ReadTextAsync());

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["text"] = 5,
                ["json"] = 3,
                ["binary"] = 3,
                ["notification"] = notification.Length,
                ["too_large"] = 1025,
                ["request"] = request.Length,
                ["invalid"] = violation.Length,
                ["ping"] = ping.Length,
            },
            SeriesOf("helios.io.received"));
        Assert.All(SeriesOf("helios.messages.received"), series => Assert.Equal(1, series.Value));
        Assert.Equal(8, SeriesOf("helios.messages.received").Count);
        Assert.Equal(new Dictionary<string, double> { ["response"] = 1, ["error"] = 2, ["ack"] = 1 }, SeriesOf("helios.messages.sent"));
        Assert.Equal(answers.Sum(answer => answer.Length), SeriesOf("helios.io.sent").Values.Sum());
    }

    [Fact]
    public async Task Outbox_OfAStarlingThatAcknowledgesNothing_IsSeen()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3);
        await client.NextAsync(3);

        Assert.Equal(3, Server.Metrics.Observe("helios.outbox.messages"));
        Assert.Equal(StarlingOf(client).Session.Outbox.Bytes, Server.Metrics.Observe("helios.outbox.size"));
        Assert.True(Server.Metrics.Observe("helios.buffers.usage") >= Server.Metrics.Observe("helios.outbox.size"));
        Assert.Equal(512 * 1024 * 1024, Server.Metrics.Observe("helios.buffers.limit"));

        await client.AckAsync("3");
        await client.ExpectNothingAsync();
        Assert.Equal((0, 0), (Server.Metrics.Observe("helios.outbox.messages"), Server.Metrics.Observe("helios.outbox.size")));
    }

    [Theory]
    [InlineData(OutboxPolicy.DropOldest, "drop_oldest", 6)]
    [InlineData(OutboxPolicy.DropNewest, "drop_newest", 6)]
    [InlineData(OutboxPolicy.Disconnect, "disconnect", 6)]
    public async Task Outbox_WithoutRoom_CountsWhatItDropsByPolicy(OutboxPolicy policy, string reason, int dropped)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(client);
        starling.OutboxPolicy = policy;
        await client.CutAsync(Server);

        await TellAsync(starling, [.. Enumerable.Range(1, 70)]);

        Assert.Equal(new Dictionary<string, double> { [reason] = dropped }, SeriesOf("helios.messages.dropped"));
    }

    private Dictionary<string, double> SeriesOf(string instrument) => Server.Metrics.Series
        .Where(series => series.Key.StartsWith($"{instrument}[", StringComparison.Ordinal))
        .ToDictionary(series => series.Key[(instrument.Length + 1)..^1], series => series.Value);
}

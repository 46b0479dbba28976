namespace HeliosStarling;

/// <summary>Topics whose segments are ids or names of rooms (docs/protocol.md section 3), on both ends.</summary>
public class TopicIdTests
{
    [Theory]
    [InlineData("chat:42", "chat:*")]
    [InlineData("chat:room-1", "chat:*")]
    [InlineData("board:6f9619ff-8b86-4d01-b42d-00cf4fc964ff:moved", "board:**")]
    [InlineData("42", "42")]
    [InlineData("v1.2:_x", "v1.2:*")]
    public async Task Topic_WithIds_ReachesItsSubscribersInBothDirections(string topic, string pattern)
    {
        var (atServer, atClient) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        await using var server = await TestServer.StartAsync(
            helios => helios.On(pattern, (int _, TopicContext context) => atServer.SetResult(context.Topic)));
        await using var client = await server.ConnectAsync(
            setup: it => it.On(pattern, (int _, ClientTopicContext context) => atClient.SetResult(context.Topic)));

        await client.NotifyAsync(topic, 1);
        await server.Starling.NotifyAsync(topic, 1);

        Assert.Equal((topic, topic), (await atServer.Task.InTime(), await atClient.Task.InTime()));
    }
}

using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Examples;

/// <summary>The examples of "Advanced Broadcasting".</summary>
public class BroadcastingTests
{
    [Fact]
    public async Task NotificationBroadcast_RoleAndGroupsMatch_OnlyThoseGetIt()
    {
        await using var server = Helios.Create();
        server.Method("notification:broadcast", async (Notice notice, RequestContext context) =>
        {
            var (message, target) = notice;
            await server.Starlings.BroadcastAsync("notification:new", message, starling =>
                starling.Data.Get<string>("role") == target.Role && starling.Data.Get<string[]>("groups")!.Any(target.Groups.Contains));
            context.Success(new { Delivered = server.Starlings.ConnectedCount });
        });
        await using var editor = Connect(server, "editor", "news", "sports");
        await using var otherGroup = Connect(server, "editor", "weather");
        await using var otherRole = Connect(server, "reader", "news");

        var answer = await otherRole.RequestAsync<JsonElement>(
            "notification:broadcast", new { Message = "hello", Target = new { Role = "editor", Groups = new[] { "news" } } }).InTime();
        await server.Starlings.BroadcastAsync("the:end", 1);

        Assert.Equal(3, answer.Data.GetProperty("delivered").GetInt32());
        Assert.Equal(["notification:new", "the:end"], await TopicsOf(editor));
        Assert.Equal(["the:end"], await TopicsOf(otherGroup));
        Assert.Equal(["the:end"], await TopicsOf(otherRole));
    }

    private static MockStarling Connect(Helios server, string role, params string[] groups)
    {
        var mock = new MockStarling(server);
        mock.Starling.Data.Set("role", role);
        mock.Starling.Data.Set("groups", groups);
        return mock;
    }

    private static async Task<IEnumerable<string>> TopicsOf(MockStarling mock)
    {
        await mock.ReceiveAsync("the:end");
        return mock.Notifications.Select(notification => notification.Topic);
    }

    private sealed record Notice(string Message, Target Target);

    private sealed record Target(string Role, string[] Groups);
}

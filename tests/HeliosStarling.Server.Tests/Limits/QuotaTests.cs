using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>MaxGroupsPerStarling and MaxDataPerStarling.</summary>
public sealed class QuotaTests
{
    [Fact]
    public async Task Join_BeyondMaxGroupsPerStarling_FailsUntilOneIsLeft()
    {
        await using var server = await LimitServer.StartAsync(helios =>
        {
            helios.Method("room:join", (string room, RequestContext context) => context.Starling.JoinAsync(room));
            helios.Method("room:leave", (string room, RequestContext context) => context.Starling.LeaveAsync(room));
        }, options => options.MaxGroupsPerStarling = 2);
        await using var client = await server.ConnectAsync();
        await CallAsync(client, "room:join", "a", "true");
        await CallAsync(client, "room:join", "b", "true");

        await client.SendTextAsync(Request("room:join", "\"c\""));
        await client.ExpectFailureAsync("RATE_QUOTA_EXCEEDED", "A starling has at most 2 groups.", """{"limit":2}""");

        await CallAsync(client, "room:join", "a", "false");
        await CallAsync(client, "room:leave", "a", "true");
        await CallAsync(client, "room:join", "c", "true");
    }

    [Fact]
    public async Task Set_BeyondMaxDataPerStarling_FailsUntilOneIsRemoved()
    {
        await using var server = await LimitServer.StartAsync(helios =>
        {
            helios.Method("data:set", (string key, RequestContext context) =>
            {
                context.Starling.Data.Set(key, key);
                return true;
            });
            helios.Method("data:remove", (string key, RequestContext context) => context.Starling.Data.Remove(key));
        }, options => options.MaxDataPerStarling = 2);
        await using var client = await server.ConnectAsync();
        await CallAsync(client, "data:set", "a", "true");
        await CallAsync(client, "data:set", "b", "true");

        await client.SendTextAsync(Request("data:set", "\"c\""));
        await client.ExpectFailureAsync("RATE_QUOTA_EXCEEDED", "A starling has at most 2 values.", """{"limit":2}""");

        await CallAsync(client, "data:set", "a", "true");
        await CallAsync(client, "data:remove", "a", "true");
        await CallAsync(client, "data:set", "c", "true");
    }

    private static async Task CallAsync(WireClient client, string method, string argument, string answer)
    {
        await client.SendTextAsync(Request(method, $"\"{argument}\""));
        await client.ExpectSuccessAsync(answer);
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 3.</summary>
public class Rule3WelcomeTests : RecoveryTest
{
    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.OnConnection(async starling => await starling.NotifyAsync("from:handler", 1));
    }

    [Fact]
    public async Task NewStarling_IsEstablished_AheadOfAllElse()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.Equal("connection:established", client.Topic);
        Assert.Equal(["starlingId", "token", "expiresIn", "epoch", "received", "window", "limits", "keepAlive"], Names(client.Data));
        Assert.Matches(new Regex("^[A-Za-z0-9_-]{1,32}$"), client.Epoch);
        Assert.Equal((0, 3600), (client.Received, client.Data.GetProperty("expiresIn").GetInt32()));
        Assert.Equal("""{"messages":64,"bytes":1048576}""", client.Data.GetProperty("window").GetRawText());
        Assert.Equal(
            """{"maxMessageSize":1024,"maxDepth":64,"maxRequests":256,"maxRequestBytes":8388608,"requestTimeout":3600000}""",
            client.Data.GetProperty("limits").GetRawText());
        Assert.Equal(3_600_000, client.Data.GetProperty("keepAlive").GetInt32());
        Assert.NotNull(Helios.Starlings.GetById(client.Id));
        Assert.Equal("from:handler 1", await client.NextAsync());
    }

    [Fact]
    public async Task KnownStarling_IsRecovered_AheadOfTheReplay()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var made = Server.Now;
        await client.NextAsync();
        await client.SendTextAsync("one");
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);
        Server.Time.Advance(TimeSpan.FromSeconds(3));
        await TellAsync(client, 2);

        await using var back = await client.ReturnAsync(Server, 1);

        Assert.Equal("connection:recovered", back.Topic);
        Assert.Equal([
            "timestamp", "recoveredFrom", "starlingId", "token", "expiresIn", "epoch", "received", "resumed", "missed", "window", "limits",
            "keepAlive",
        ], Names(back.Data));
        Assert.Equal((client.Id, client.Epoch, 1), (back.Id, back.Epoch, back.Received));
        Assert.Equal(
            (Server.Now, made), (back.Data.GetProperty("timestamp").GetInt64(), back.Data.GetProperty("recoveredFrom").GetInt64()));
        Assert.Equal((true, 0), (back.Data.GetProperty("resumed").GetBoolean(), back.Data.GetProperty("missed").GetInt64()));
        Assert.Equal("n:n 2", await back.NextAsync());
    }

    [Fact]
    public async Task RecoveryWithoutResume_IsRecovered_WithoutCounters()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}");

        Assert.Equal("connection:recovered", back.Topic);
        Assert.Equal(["timestamp", "recoveredFrom", "starlingId", "token", "expiresIn"], Names(back.Data));
        Assert.Equal(client.Id, back.Id);
    }

    [Fact]
    public async Task PlainClient_GetsNothingUnasked()
    {
        await using var wire = await Server.ConnectAsync();

        Assert.Equal(
            "from:handler", JsonElement.Parse(await wire.ReadTextAsync()).GetProperty("notification").GetProperty("topic").GetString());
        await wire.ExpectAliveAsync();
    }

    private static string[] Names(JsonElement data) => [.. data.EnumerateObject().Select(field => field.Name)];
}

using HeliosStarling.Framing;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>The beginning of a connection, and what all connections share.</summary>
public abstract partial class WireContract
{
    [Fact]
    public async Task FirstMessage_BehindTheUpgrade_WaitsForConnectionHandlers()
    {
        var (entered, gate) = (Signal(), Signal());
        var calls = new List<string>();
        await using var server = await StartAsync(helios =>
        {
            helios.Events.On<StarlingNew>("starling:new", async _ =>
            {
                entered.SetResult();
                await gate.Task;
                calls.Add("starling:new");
            });
            helios.OnConnection(async _ =>
            {
                await Task.Yield();
                calls.Add("connection");
            });
            helios.Method("my:first", (RequestContext _) => calls.Add("request"));
        });
        await using var client = await server.ConnectAsync(early: Framing.ClientFrame.Text(Request("my:first")));
        await entered.Task.InTime();

        gate.SetResult();

        await client.ExpectSuccessAsync();
        Assert.Equal(["starling:new", "connection", "request"], calls);
    }

    [Fact]
    public async Task Frames_InThePacketOfTheUpgradeRequest_AreHandled()
    {
        await using var server = await StartAsync(Echo);

        await using var client = await server.ConnectAsync(
            early: [.. Enumerable.Range(0, 100).Select(i => Framing.ClientFrame.Text(Request("echo:echo", $"{i}", IdOf(i))))]);

        for (var i = 0; i < 100; i++) await client.ExpectSuccessAsync($"{i}", IdOf(i));
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Messages_WhileConnectionHandlersRun_AreHeldAndHandledInOrder()
    {
        var gate = Signal();
        await using var server = await StartAsync(helios =>
        {
            Echo(helios);
            helios.OnConnection(async _ => await gate.Task);
        });
        await using var client = await server.ConnectAsync();
        var padding = new string('x', 20_000);
        await client.SendTextAsync(Request("echo:echo", $"\"0 {padding}\"", IdOf(0)));
        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented > 0, "the first is held");
        var sending = Task.Run(async () =>
        {
            for (var i = 1; i < 100; i++) await client.SendTextAsync(Request("echo:echo", $"\"{i} {padding}\"", IdOf(i)));
        });

        gate.SetResult();

        for (var i = 0; i < 100; i++) await client.ExpectSuccessAsync($"\"{i} {padding}\"", IdOf(i));
        await sending;
        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Client_GoneWhileConnectionHandlersRun_IsSeenLost()
    {
        var (entered, gate, lost) = (Signal(), Signal(), Signal<string>());
        await using var server = await StartAsync(helios =>
        {
            helios.OnConnection(async starling =>
            {
                entered.SetResult();
                await gate.Task;
            });
            helios.OnDisconnection((_, reason) => lost.SetResult(reason));
        });
        var client = await server.ConnectAsync();
        await entered.Task.InTime();

        await client.DisposeAsync();

        await Bound.EventuallyAsync(() => server.Helios.Starlings.ConnectedCount == 0, "the starling counts as gone");
        gate.SetResult();
        Assert.Equal("connection lost", await lost.Task.InTime());
    }

    [Fact]
    public async Task Client_WithoutResumeAndRecover_GetsNothingUnasked()
    {
        await using var server = await StartAsync(helios => helios.OnConnection(starling => starling.Data.Set("name", "Ada")));
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();

        server.Time.Advance(TimeSpan.FromMinutes(30));

        await client.ExpectAliveAsync();
        await client.SendAsync(Framing.ClientFrame.Close(1000));
        await client.ExpectCloseAsync(1000);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Clients_IdleAfterTraffic_HoldNoBuffer()
    {
        const int count = 100;
        await using var server = await StartAsync(Echo);
        var clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => server.ConnectAsync()));
        await Task.WhenAll(clients.Select(async client =>
        {
            await client.SendTextAsync(Request("echo:echo", $"\"{new string('x', 10_000)}\""));
            await client.ReadTextAsync();
        }));

        await Bound.EventuallyAsync(() => server.Helios.Engine.Buffers.Rented == 0, "no buffer is rented");

        Assert.Equal(count, server.Helios.Starlings.ConnectedCount);
        foreach (var client in clients)
        {
            await client.ExpectAliveAsync();
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task Broadcast_ToManyStarlings_IsEncodedOnce()
    {
        var encoded = new CountingConverter();
        await using var server = await StartAsync(configure: options => options.Json.Converters.Add(encoded));
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.ConnectAsync()));
        foreach (var client in clients) await client.ExpectAliveAsync();

        var delivered = await server.Helios.Starlings.BroadcastAsync("news:all", new Counted(7));

        foreach (var client in clients)
            await client.ExpectAsync("\"type\":\"notification\",\"notification\":{\"topic\":\"news:all\",\"data\":7}");
        foreach (var client in clients) await client.DisposeAsync();
        Assert.Equal((20, 1), (delivered.LocalReceivers, encoded.Count));
    }

    [Fact]
    public async Task Broadcast_ToClientThatDoesNotRead_DoesNotHoldUpTheOthers()
    {
        await using var server = await StartAsync();
        await using var deaf = await server.ConnectAsync();
        await using var client = await server.ConnectAsync();
        await deaf.ExpectAliveAsync();
        await client.ExpectAliveAsync();
        var data = new string('x', 64 * 1024);

        for (var i = 0; i < 200; i++)
        {
            await server.Helios.Starlings.BroadcastAsync("news:all", data);
            await client.ExpectAsync($$"""
                "type":"notification","notification":{"topic":"news:all","data":"{{data}}"}
                """);
        }

        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Group_Broadcast_ReachesItsMembersAlone()
    {
        await using var server = await StartAsync(
            helios => helios.Method("room:join", (string room, RequestContext context) => context.Starling.JoinAsync(room)));
        await using var member = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await member.SendTextAsync(Request("room:join", "\"lobby\""));
        await member.ExpectSuccessAsync("true");
        await other.ExpectAliveAsync();

        var delivered = await server.Helios.Starlings.Group("lobby").BroadcastAsync("room:news", 7);

        await member.ExpectAsync("\"type\":\"notification\",\"notification\":{\"topic\":\"room:news\",\"data\":7}");
        await other.ExpectAliveAsync();
        Assert.Equal(1, delivered.LocalReceivers);
    }

    [Fact]
    public async Task CloseReason_OfTheClient_IsToldToTheApplicationAndNotLogged()
    {
        const string secret = "p4ssword\u001b[31m";
        var told = Signal<string>();
        await using var server = await StartAsync(helios => helios.OnDisconnection((_, reason) => told.TrySetResult(reason)));
        await using var client = await server.ConnectAsync();
        await client.ExpectAliveAsync();

        await client.SendAsync(ClientFrame.Close(1000, secret));
        await client.ExpectCloseAsync(1000, secret);

        Assert.Equal(secret, await told.Task.InTime());
        Assert.Contains(
            server.Log.Entries,
            entry => entry.Text.EndsWith($"disconnected: 1000, with a reason of {secret.Length} characters.", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log.Everything, text => text.Contains("p4ssword", StringComparison.Ordinal));
    }
}

using System.Net;
using HeliosStarling.Framing;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>MaxBufferedBytes is shared by party: many connections of one address get as much as one, and others are served.</summary>
public sealed class PartyMemoryTests : RecoveryTest
{
    private const int Limit = 16 * 1024 * 1024;
    private const int Connections = 30;
    private const string OtherAddress = "192.0.2.1";
    private const string Attacker = "198.51.100.7";

    private readonly Gate _gate = new();

    // A quarter, plus for each connection the 4 KiB that it always has for each purpose and one message at the same moment.
    private static long MostOfOneParty => (Limit / 4) + (Connections * 200 * 1024L);

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        (options.MaxMessageSize, options.MessageBufferBytes, options.MaxBufferedBytes) = (1024 * 1024, 8 * 1024 * 1024, Limit);
        (options.MaxRequestsPerStarling, options.MaxConcurrentRequests, options.MessageBufferSize) = (1000, 10_000, 1000);
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.UseUpgrade(async (context, next) =>
        {
            context.RemoteAddress = IPAddress.Parse(context.Headers["X-Address"]);
            await next();
        });
        helios.Method("length:of", (string text, RequestContext _) => text.Length);
        helios.Method("text:of", (int length, RequestContext _) => new string('x', length));
        helios.Method("join:many", async (int count, RequestContext context) =>
        {
            for (var i = 0; i < count; i++) await context.Starling.JoinAsync($"{i}".PadLeft(256, 'x'));
        });
        helios.Method("keep:it", async (string text, RequestContext _) =>
        {
            await _gate.PassAsync();
            return text.Length;
        });
    }

    [Fact]
    public async Task HangingRequests_OfManyConnectionsOfOneAddress_OtherAddressIsAnswered()
    {
        await using var other = await ConnectAsync(OtherAddress);
        var attackers = await AttackAsync();
        foreach (var attacker in attackers) await HangAsync(attacker);

        Assert.InRange(Helios.Engine.Buffers.Rented, 1, MostOfOneParty);
        await AssertServedAsync(other);

        _gate.Open();
        await LeaveAsync(attackers);
    }

    [Fact]
    public async Task IncompleteMessages_OfManyConnectionsOfOneAddress_OtherAddressIsAnswered()
    {
        await using var other = await ConnectAsync(OtherAddress);
        var attackers = await AttackAsync();
        var half = ClientFrame.Text(new string('x', 800_000)).ToBytes()[..700_000];
        foreach (var attacker in attackers) await attacker.SendBytesAsync(half);
        await Eventually.TrueAsync(() => Helios.Engine.Buffers.Rented > Limit / 16);

        await AssertServedAsync(other);
        Assert.InRange(Helios.Engine.Buffers.Rented, 1, MostOfOneParty);

        await LeaveAsync(attackers);
    }

    [Fact]
    public async Task UnreadAnswers_OfManyConnectionsOfOneAddress_OtherAddressIsAnswered()
    {
        await using var other = await ConnectAsync(OtherAddress);
        var attackers = await ResumeManyAsync();
        foreach (var attacker in attackers) await FillAsync(attacker, answers: 15);

        Assert.InRange(Helios.Engine.Buffers.Rented, 1, MostOfOneParty);
        await AssertServedAsync(other);

        await LeaveAsync(attackers);
    }

    [Fact]
    public async Task HeldStarlings_OfOneAddress_OtherAddressIsAnswered()
    {
        await using var other = await ConnectAsync(OtherAddress);
        for (var i = 0; i < Connections; i++) await LeaveFullAsync(Attacker, answers: 15);

        Assert.InRange(Helios.Engine.Buffers.Rented, 1, MostOfOneParty);
        await AssertServedAsync(other);
    }

    [Fact]
    public async Task HeldStarlings_OfOneAddress_AreGivenUpForItsOwnConnections_TheLongestAwayFirst()
    {
        var held = new List<ResumeClient>();
        for (var i = 0; i < 8; i++) held.Add(await LeaveFullAsync(Attacker, answers: 20));
        await using var other = await ConnectAsync(Attacker);

        await UntilServedAsync(other);

        var kept = held.Select(Holds).ToList();
        Assert.Contains(false, kept);
        Assert.Equal(kept.Order(), kept);
    }

    [Fact]
    public async Task HeldStarlings_WhenMemoryIsShort_AreGivenUpOfThePartyThatHoldsMostFirst()
    {
        var small = await LeaveFullAsync("192.0.2.200", answers: 1);
        var held = new List<ResumeClient>();
        for (var i = 0; i < 20; i++) held.Add(await LeaveFullAsync($"198.51.100.{i + 1}", answers: 30));
        await using var other = await ConnectAsync(OtherAddress);

        await UntilServedAsync(other);

        Assert.False(Holds(held[0]));
        Assert.True(Holds(small));
        await AssertServedAsync(other);
    }

    [Fact]
    public async Task Names_OfManyConnectionsOfOneAddress_LeaveMemoryToOthers()
    {
        await using var other = await ConnectAsync(OtherAddress);
        var attackers = await AttackAsync();
        foreach (var attacker in attackers)
        {
            await attacker.SendTextAsync(Request("join:many", "1000"));
            await attacker.ReadTextAsync();
        }

        Assert.InRange(Helios.Engine.Buffers.Rented, 1, MostOfOneParty);
        await AssertServedAsync(other);
        await LeaveAsync(attackers);
    }

    [Fact]
    public async Task Broadcasts_ToManyConnectionsOfOneAddress_CountOnceForIt()
    {
        var clients = await ResumeManyAsync();
        foreach (var client in clients) await client.CutAsync(Server);

        for (var i = 0; i < 10; i++) await Helios.Starlings.BroadcastAsync("n:n", new string('x', 100_000));

        Assert.All(clients, client => Assert.InRange(StarlingOf(client).Session.Outbox.Bytes, 1_000_000, 2_000_000));
        foreach (var client in clients) StarlingOf(client).Life.Forget();
        Assert.Equal(0, Helios.Engine.Buffers.Rented);
    }

    [Fact]
    public async Task SmallMessages_OfAnAddressThatHasItsShare_AreStillAnswered()
    {
        await using var neighbor = await ConnectAsync(Attacker);
        var attackers = await AttackAsync();
        foreach (var attacker in attackers) await HangAsync(attacker);

        for (var i = 0; i < 10; i++)
        {
            await neighbor.SendTextAsync(Request("length:of", Text(1000), IdOf(i)));
            await neighbor.ExpectSuccessAsync("1000", IdOf(i));
        }

        _gate.Open();
        await LeaveAsync(attackers);
    }

    [Fact]
    public async Task OneClient_OfAnAddress_LeavesItsNeighborsHalfOfTheShare()
    {
        await using var neighbor = await ConnectAsync(Attacker);
        await using var attacker = await ConnectAsync(Attacker);
        for (var i = 0; i < 4; i++) await HangAsync(attacker);

        await AssertServedAsync(neighbor);

        _gate.Open();
    }

    [Fact]
    public async Task Party_WhoseRequestsOutliveItsStarlings_StillCounts()
    {
        for (var round = 0; round < 10; round++)
        {
            var attackers = await AttackAsync();
            foreach (var attacker in attackers) await HangAsync(attacker);
            await LeaveAsync(attackers);
        }

        Assert.InRange(Helios.Engine.Buffers.Rented, 1, MostOfOneParty);
        _gate.Open();
        await Eventually.TrueAsync(() => Helios.Engine.Buffers.Rented == 0);
    }

    private bool Holds(ResumeClient client) => Helios.Starlings.GetById(client.Id) is not null;

    private Task<WireClient> ConnectAsync(string address) => Server.ConnectAsync(UpgradeRequest.Valid.With("X-Address", address));

    private Task<WireClient[]> AttackAsync() => Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => ConnectAsync(Attacker)));

    private Task<ResumeClient> ResumeAsync(string address) =>
        ResumeClient.ConnectAsync(Server, new UpgradeRequest("/helios?resume=1").With("X-Address", address));

    private Task<ResumeClient[]> ResumeManyAsync() => Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => ResumeAsync(Attacker)));

    /// <summary>Sends requests whose handlers do not end, and waits until the server has accepted or refused them.</summary>
    private static async Task HangAsync(WireClient client)
    {
        await client.SendAsync(
            Enumerable.Range(0, 60).Select(_ => ClientFrame.Text(Request("keep:it", Text(30_000), Guid.NewGuid().ToString()))));
        await client.SendTextAsync(Request("length:of", Text(3), IdOf(999)));
        while (!(await client.ReadTextAsync()).Contains(IdOf(999), StringComparison.Ordinal))
        {
        }
    }

    /// <summary>Requests answers of 100 KB and acknowledges none of them.</summary>
    private static async Task FillAsync(ResumeClient client, int answers)
    {
        for (var i = 0; i < answers; i++)
        {
            await client.AskAsync("text:of", "100000", Guid.NewGuid().ToString());
            // Acknowledgements arrive in between.
            while (await client.NextAsync() is var next && next.StartsWith("ack", StringComparison.Ordinal))
            {
            }
        }
    }

    private async Task<ResumeClient> LeaveFullAsync(string address, int answers)
    {
        var client = await ResumeAsync(address);
        await FillAsync(client, answers);
        await client.CutAsync(Server);
        return client;
    }

    private static async Task AssertServedAsync(WireClient client)
    {
        for (var i = 0; i < 20; i++) Assert.True(await IsServedAsync(client));
    }

    /// <summary>Sends requests until one succeeds, because held starlings are given up only after a request that found no room.</summary>
    private static async Task UntilServedAsync(WireClient client)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (await IsServedAsync(client)) return;
        }
        Assert.Fail("No memory became free.");
    }

    /// <summary>Asserts that there is room for a request and an answer of 100 KB each.</summary>
    private static async Task<bool> IsServedAsync(WireClient client)
    {
        await client.SendTextAsync(Request("length:of", Text(100_000)));
        var first = await client.ReadTextAsync();
        await client.SendTextAsync(Request("text:of", "100000"));
        var second = await client.ReadTextAsync();
        return first.Contains("\"data\":100000", StringComparison.Ordinal) && second.Length > 100_000;
    }

    private static async Task LeaveAsync(IEnumerable<IAsyncDisposable> clients)
    {
        foreach (var client in clients) await client.DisposeAsync();
    }

    private static string Text(int length) => $"\"{new string('x', length)}\"";
}

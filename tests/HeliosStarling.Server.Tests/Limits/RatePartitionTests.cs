using System.Threading.RateLimiting;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>Which clients share a limit.</summary>
public sealed class RatePartitionTests : RateLimitTest
{
    public static TheoryData<string?, string?, string?, string?, bool> Users => new()
    {
        { "1.2.3.4", "ada", "5.6.7.8", "ada", true },
        { "1.2.3.4", "ada", "1.2.3.4", "ben", false },
    };

    public static TheoryData<string, string, bool> Addresses => new()
    {
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "192.0.2.1", "::ffff:192.0.2.1", true },
        { "2001:db8::1", "2001:db8::ffff:2", true },
        { "2001:db8:0:0:1::", "2001:db8:0:0:ffff:ffff:ffff:ffff", true },
        { "2001:db8:0:1::1", "2001:db8:0:2::1", false },
    };

    // scope, address and user of the other client; whether it shares the limit of user ada at 192.0.2.1
    public static TheoryData<RateLimitScope, string, string?, bool> Scopes => new()
    {
        { RateLimitScope.Starling, "192.0.2.1", "ada", false },
        { RateLimitScope.User, "192.0.2.9", "ada", true },
        { RateLimitScope.User, "192.0.2.1", "ben", false },
        { RateLimitScope.User, "192.0.2.1", null, false },
        { RateLimitScope.Address, "192.0.2.1", "ben", true },
        { RateLimitScope.Address, "192.0.2.9", "ada", false },
        { RateLimitScope.Server, "192.0.2.9", "ben", true },
    };

    [Fact]
    public async Task PerConnection_OfAnother_IsItsOwn()
    {
        await using var server = await StartAsync(limits => limits.PerConnection = ThreePer3Seconds);
        await using var one = await server.ConnectAsync(From("192.0.2.1", "ada"));
        await using var other = await server.ConnectAsync(From("192.0.2.1", "ada"));

        await ExpectExactlyAsync(server, one, 3, ThreePer3Seconds);
        await ExpectExactlyAsync(server, other, 3, ThreePer3Seconds);
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task PerUser_OnAllConnectionsTogether(
        string? address, string? user, string? otherAddress, string? otherUser, bool isShared)
    {
        await using var server = await StartAsync(limits => limits.PerUser = ThreePer3Seconds);
        await using var one = await server.ConnectAsync(From(address, user));
        await using var other = await server.ConnectAsync(From(otherAddress, otherUser));

        await ExpectExactlyAsync(server, one, 3, ThreePer3Seconds);
        await ExpectExactlyAsync(server, other, isShared ? 0 : 3, ThreePer3Seconds);
    }

    [Fact]
    public async Task PerUser_NobodySignedIn_IsNotLimited()
    {
        await using var server = await StartAsync(limits => limits.PerUser = ThreePer3Seconds);
        await using var client = await server.ConnectAsync();

        for (var i = 0; i < 10; i++) await client.ExpectAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task PerAddress_IPv6CountsByItsNetwork(string address, string otherAddress, bool isShared)
    {
        await using var server = await StartAsync(limits => limits.PerAddress = ThreePer3Seconds);
        await using var one = await server.ConnectAsync(From(address));
        await using var other = await server.ConnectAsync(From(otherAddress));

        await ExpectExactlyAsync(server, one, 3, ThreePer3Seconds);
        await ExpectExactlyAsync(server, other, isShared ? 0 : 3, ThreePer3Seconds);
    }

    [Fact]
    public async Task PerAddress_WithoutAddress_IsOnePartition()
    {
        await using var server = await StartAsync(limits => limits.PerAddress = ThreePer3Seconds, kind: AddressKind.Unix);
        await using var one = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();

        await ExpectExactlyAsync(server, one, 3, ThreePer3Seconds);
        await ExpectExactlyAsync(server, other, 0, ThreePer3Seconds);
        Assert.All(server.Helios.Starlings.Filter(_ => true), starling => Assert.Null(starling.RemoteAddress));
    }

    [Fact]
    public async Task PerAddress_ClientThatConnectsAgainForAFreshBucket_IsCaught()
    {
        var (own, all) = (new RateLimit(2, TimeSpan.FromSeconds(2)), ThreePer3Seconds);
        await using var server = await StartAsync(limits => (limits.PerConnection, limits.PerAddress) = (own, all));
        await using (var client = await server.ConnectAsync()) await ExpectExactlyAsync(server, client, 2, own);

        await using var again = await server.ConnectAsync();

        // A message that its own limit refused takes no permit of the address.
        await ExpectExactlyAsync(server, again, 1, all);
    }

    [Fact]
    public async Task PerConnection_RecoveredStarling_GetsNoFreshBucket()
    {
        await using var server = await StartAsync(limits => limits.PerConnection = ThreePer3Seconds);
        await using var client = await ResumeClient.ConnectAsync(server);
        await ExpectExactlyAsync(server, client.Wire, 3, ThreePer3Seconds);
        await client.CutAsync(server);

        await using var back = await client.ReturnAsync(server, 4);

        await ExpectRefusedAsync(server, back.Wire, ThreePer3Seconds);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ack 5", await back.NextAsync());
        await ExpectExactlyAsync(server, back.Wire, 1, ThreePer3Seconds);
    }

    [Theory]
    [MemberData(nameof(Scopes))]
    public async Task LimitRate_OfOneMethod_IsSharedByItsScope(RateLimitScope scope, string otherAddress, string? otherUser, bool isShared)
    {
        await using var server = await StartAsync(_ => { }, helios =>
        {
            helios.Method("rare:call", (RequestContext _) => 1).LimitRate(3, TimeSpan.FromSeconds(3), scope);
            helios.Method("other:call", (RequestContext _) => 1).LimitRate(1, TimeSpan.FromSeconds(1), scope);
        });
        await using var one = await server.ConnectAsync(From("192.0.2.1", "ada"));
        await using var other = await server.ConnectAsync(From(otherAddress, otherUser));

        await ExpectExactlyAsync(server, one, 3, ThreePer3Seconds, "rare:call");
        await ExpectExactlyAsync(server, other, isShared ? 0 : 3, ThreePer3Seconds, "rare:call");
        // Other methods have limits of their own.
        await ExpectExactlyAsync(server, one, 1, new RateLimit(1, TimeSpan.FromSeconds(1)), "other:call");
        await one.ExpectAliveAsync();
    }

    [Fact]
    public async Task LimitRate_OfAStarlingThatIsMadeAgainFromItsToken_GoesOn()
    {
        await using var server = await StartAsync(
            _ => { }, helios => helios.Method("rare:call", (RequestContext _) => 1).LimitRate(3, TimeSpan.FromHours(3)));
        await using var client = await ResumeClient.ConnectAsync(server);
        var limit = new RateLimit(3, TimeSpan.FromHours(3));
        await ExpectExactlyAsync(server, client.Wire, 3, limit, "rare:call");
        await client.CutAsync(server);
        server.Time.Advance(TimeSpan.FromMinutes(6));
        await Bound.EventuallyAsync(() => server.Helios.Starlings.TotalCount == 0, "it is not held any more");

        await using var back = await client.ReturnAsync(server, 0);

        Assert.Equal(client.Id, back.Id);
        await client.DisposeAsync();
        await back.AskAsync("rare:call", "null");
        Assert.Equal($"failure {Id} RATE_LIMIT_EXCEEDED", await back.NextAsync());
    }

    [Fact]
    public async Task LimitRate_CallersThatGoOn_AreClosed4029BehindTheLastAnswer()
    {
        await using var server = await StartAsync(
            limits => limits.CloseAfter = 2,
            helios => helios.Method("rare:call", (RequestContext _) => 1).LimitRate(3, TimeSpan.FromSeconds(3)));
        await using var client = await server.ConnectAsync();

        await ExpectExactlyAsync(server, client, 3, ThreePer3Seconds, "rare:call");
        await ExpectRefusedAsync(server, client, ThreePer3Seconds, "rare:call");

        await client.ExpectCloseAsync(4029, "rate limited");
    }

    [Theory]
    [InlineData(RateLimitScope.Address)]
    [InlineData(RateLimitScope.Server)]
    public async Task LimitRate_UsedUpByOthers_ClosesNoOtherClient(RateLimitScope scope)
    {
        await using var server = await StartAsync(
            limits => limits.CloseAfter = 1,
            helios => helios.Method("rare:call", (RequestContext _) => 1).LimitRate(3, TimeSpan.FromSeconds(3), scope));
        await using var greedy = await server.ConnectAsync();
        await using var other = await server.ConnectAsync();
        await ExpectExactlyAsync(server, greedy, 3, ThreePer3Seconds, "rare:call");

        await ExpectRefusedAsync(server, other, ThreePer3Seconds, "rare:call");

        await other.ExpectAliveAsync();
    }

    [Fact]
    public async Task Limiter_OfTheApplication_ChoosesItsPartitions()
    {
        using var limiter = PartitionedRateLimiter.Create<Starling, string>(starling => RateLimitPartition.GetTokenBucketLimiter(
            starling.RemoteAddress!.ToString(), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 2,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromHours(1),
                AutoReplenishment = false,
            }));
        await using var server = await StartAsync(limits => limits.Limiter = limiter);
        await using var one = await server.ConnectAsync(From("192.0.2.1"));
        await using var same = await server.ConnectAsync(From("192.0.2.1"));
        await using var other = await server.ConnectAsync(From("192.0.2.2"));
        await one.ExpectAliveAsync();
        await same.ExpectAliveAsync();

        await one.SendTextAsync(Request("system:ping"));

        var refused = System.Text.Json.JsonElement.Parse(await one.ReadTextAsync()).GetProperty("error");
        Assert.Equal(
            ("RATE_LIMIT_EXCEEDED", 0),
            (refused.GetProperty("code").GetString(), refused.GetProperty("details").GetProperty("limit").GetInt32()));
        await other.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(0, 1, "Permits")]
    [InlineData(1, 0, "Window")]
    public void LimitRate_BadValue_IsRefused(int permits, int seconds, string named)
    {
        var method = Helios.Create().Method("a:b", (RequestContext _) => 1);

        var thrown = Assert.Throws<ArgumentException>(() => method.LimitRate(permits, TimeSpan.FromSeconds(seconds)));

        Assert.Contains($"The limit of method 'a:b'.{named} is", thrown.Message, StringComparison.Ordinal);
    }
}

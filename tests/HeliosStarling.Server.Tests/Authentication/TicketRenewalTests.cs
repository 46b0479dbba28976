using System.Text.Json;
using HeliosStarling.Recovery;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Authentication;

/// <summary>The built-in method <c>system:renew</c> behind <c>MapHelios</c>: the endpoint's schemes and policies decide.</summary>
public sealed class TicketRenewalTests : TicketTest
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Welcome_OfAUserWhoseTicketEnds_SaysWhen()
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"));

        Assert.InRange(client.Data.GetProperty("ticketExpiresIn").GetInt64(), 599, 600);
    }

    [Fact]
    public async Task Welcome_WithoutTicket_SaysNothingOfIt()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, new UpgradeRequest("/open?resume=1"));

        Assert.False(client.Data.TryGetProperty("ticketExpiresIn", out _));
    }

    [Fact]
    public async Task State_OfAUserWhoseTicketEnds_SaysWhen()
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"));
        Server.Time.Advance(s_minute);

        await client.AskAsync("starling:state", "null");

        Assert.Matches("\"ticketExpiresIn\":(540|539),", await NextAnswerAsync(client));
    }

    [Theory]
    [InlineData(Place.JwtHeader)]
    [InlineData(Place.AccessTokenQuery)]
    [InlineData(Place.Cookie)]
    public async Task Renew_WithATicketOfTheSameUser_ConnectionLivesUntilItEnds(Place place)
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"), place);
        Server.Time.Advance(5 * s_minute);

        await RenewAsync(client, Fresh("ada").ToJwt());

        Assert.Matches("\"ticketExpiresIn\":(900|899)}$", await NextAnswerAsync(client));
        Server.Time.Advance(14 * s_minute);
        await ExpectOpenAsync(client);
        Server.Time.Advance(1 * s_minute);
        await ExpectExpiredAsync(client);
    }

    [Fact]
    public async Task Renew_WithOtherClaims_TheUserHasThem()
    {
        await using var client = await ResumeClient.ConnectAsync(
            Server, Credentials.Of("ada").In(new UpgradeRequest("/open?resume=1"), Place.JwtHeader));

        await RenewAsync(client, Fresh("ada", "chiefs").ToJwt());

        await NextAnswerAsync(client);
        Assert.True(StarlingOf(client).User.HasClaim("team", "chiefs"));
    }

    public static TheoryData<string> BadPayloads => new(
        Json(Fresh("eve").ToJwt()),
        Json(Fresh("ada", "visitors").ToJwt()),
        Json((Fresh("ada") with { IsForUs = false }).ToJwt()),
        Json((Fresh("ada") with { ExpiresAt = ServerSetup.Start }).ToJwt()),
        Json("no.ticket.atall"),
        Json(""),
        Json("two words"),
        """{"ticket":7}""",
        "{}",
        "null",
        "[]");

    [Theory]
    [MemberData(nameof(BadPayloads))]
    public async Task Renew_WithWhatWouldNotOpenTheConnection_IsRefusedAndChangesNothing(string payload)
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"));
        var (user, expiresAt) = (StarlingOf(client).User, StarlingOf(client).UserExpiresAt);

        await client.AskAsync("system:renew", payload);

        Assert.Equal($"failure {Id} AUTH_INVALID_TOKEN", await NextAnswerAsync(client));
        Assert.Equal((user, expiresAt), (StarlingOf(client).User, StarlingOf(client).UserExpiresAt));
    }

    [Fact]
    public async Task Renew_OfAnAnonymousConnection_IsRefused()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, new UpgradeRequest("/open?resume=1"));

        await RenewAsync(client, Fresh("ada").ToJwt());

        Assert.Equal($"failure {Id} AUTH_INVALID_TOKEN", await NextAnswerAsync(client));
    }

    [Fact]
    public async Task Renew_AtAnEndpointWithSchemesOfItsOwn_ThoseDecide()
    {
        await using var server = await AuthServer.StartAsync(
            build: services => services.AddAuthentication("either")
                .AddPolicyScheme("nobody", null, options => options.ForwardDefault = "nobody"),
            map: app => app.MapHelios("/helios")
                .RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = JwtBearerDefaults.AuthenticationScheme }));
        await using var client = await ResumeClient.ConnectAsync(
            server, Credentials.Of("ada").In(new UpgradeRequest("/helios?resume=1"), Place.JwtHeader));

        await RenewAsync(client, Fresh("ada").ToJwt());

        Assert.StartsWith($"answer {Id}", await NextAnswerAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnRenew_Decides_InPlaceOfTheSchemes()
    {
        Server.Helios.OnRenew(
            (starling, ticket, _) => new(ticket == "own" ? new RenewedTicket(Credentials.Of("ada", "own").ToPrincipal()) : null));
        await using var client = await ConnectAsync(Credentials.Of("ada"));

        await RenewAsync(client, Fresh("ada").ToJwt());
        Assert.Equal($"failure {Id} AUTH_INVALID_TOKEN", await NextAnswerAsync(client));
        await RenewAsync(client, "own");
        Assert.Equal($"answer {Id} {{}}", await NextAnswerAsync(client));

        Assert.True(StarlingOf(client).User.HasClaim("team", "own"));
        Server.Time.Advance(20 * s_minute);
        await ExpectOpenAsync(client);
    }

    [Fact]
    public async Task OnRenew_Throws_IsRefused()
    {
        Server.Helios.OnRenew((_, ticket, _) => throw new InvalidOperationException(ticket));
        await using var client = await ConnectAsync(Credentials.Of("ada"));

        await RenewAsync(client, "t");

        Assert.Equal($"failure {Id} AUTH_INVALID_TOKEN", await NextAnswerAsync(client));
    }

    [Fact]
    public async Task OnRenew_ThrowsAgainAndAgain_WarnsTenTimesAMinute()
    {
        Server.Helios.OnRenew((_, _, _) => throw new InvalidOperationException());
        await using var client = await ConnectAsync(Credentials.Of("ada"));

        for (var i = 0; i < 13; i++)
        {
            await RenewAsync(client, "t");
            Assert.Equal($"failure {Id} AUTH_INVALID_TOKEN", await NextAnswerAsync(client));
        }

        Assert.Equal(10, Server.Log.Entries.Count(
            entry => entry is { Level: LogLevel.Warning } && entry.Text.StartsWith("The check of a new ticket", StringComparison.Ordinal)));
    }

    [Fact]
    public void OnRenew_Twice_SaysWhatToDo()
    {
        Server.Helios.OnRenew((_, _, _) => new((RenewedTicket?)null));

        Assert.Throws<InvalidOperationException>(() => Server.Helios.OnRenew((_, _, _) => new((RenewedTicket?)null)));
    }

    // The check was for a connection that has ended. The newer connection has its own ticket.
    [Fact]
    public async Task Renew_WhileAnotherConnectionTakesOver_LeavesTheTicketOfThatOne()
    {
        var (asked, decided) = (new TaskCompletionSource(), new TaskCompletionSource());
        Server.Helios.OnRenew(async (_, _, _) =>
        {
            asked.SetResult();
            await decided.Task;
            return new RenewedTicket(Credentials.Of("ada").ToPrincipal(), Server.Time.GetUtcNow() + s_minute);
        });
        await using var first = await ConnectAsync(Credentials.Of("ada"));
        await RenewAsync(first, "t");
        await asked.Task.InTime();
        await first.DisposeAsync();
        await using var second = await ConnectAsync(
            Fresh("ada"), query: $"recover={first.Token}&resume=1&epoch={first.Epoch}&received=0&instance=i&attempt=2");

        decided.SetResult();

        Assert.Matches("\"ticketExpiresIn\":1(200|199)}$", await NextAnswerAsync(second));
    }

    private static Credentials Fresh(string user, string team = "staff") => new(user, team, ServerSetup.Start.AddMinutes(20));

    private static string Json(string ticket) => $$"""{"ticket":"{{ticket}}"}""";

    private static Task RenewAsync(ResumeClient client, string ticket) => client.AskAsync("system:renew", Json(ticket));

    /// <summary>The next response. Skips keep-alive and tokens, which arrive when time has passed.</summary>
    private static async Task<string> NextAnswerAsync(ResumeClient client)
    {
        while (true)
        {
            var frame = await client.Wire.ReadFrameAsync();
            if (frame.Opcode == ServerFrame.PingOpcode || !frame.Text.Contains("\"response\"", StringComparison.Ordinal)) continue;
            var response = JsonElement.Parse(frame.Text);
            return response.GetProperty("success").GetBoolean()
                ? $"answer {response.GetProperty("requestId")} {response.GetProperty("data").GetRawText()}"
                : $"failure {response.GetProperty("requestId")} {response.GetProperty("error").GetProperty("code")}";
        }
    }
}

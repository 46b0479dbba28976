using HeliosStarling.Wire;

namespace HeliosStarling.Authentication;

/// <summary>A ticket that expires while its connection is open, and the recovery after that.</summary>
public sealed class TicketExpiryTests : TicketTest
{
    [Theory]
    [InlineData(Place.JwtHeader)]
    [InlineData(Place.AccessTokenQuery)]
    [InlineData(Place.Cookie)]
    public async Task Ticket_ExpiresDuringTheConnection_ClientIsToldAndItsStarlingHeld(Place place)
    {
        await using var client = await ConnectAsync(Credentials.Of("ada"), place);
        Server.Time.Advance(TimeSpan.FromMinutes(9));
        await ExpectOpenAsync(client);

        Server.Time.Advance(TimeSpan.FromMinutes(1));

        await ExpectExpiredAsync(client);
        await client.CutAsync(Server);
        Assert.Equal((1, 0), (Server.Helios.Starlings.TotalCount, Server.Helios.Starlings.ConnectedCount));
    }

    [Theory]
    [InlineData(Place.JwtHeader)]
    [InlineData(Place.AccessTokenQuery)]
    [InlineData(Place.Cookie)]
    public async Task Ticket_OfTheRecoveringConnection_CountsFromThen(Place place)
    {
        var ada = Credentials.Of("ada");
        var client = await ConnectAsync(ada, place);
        await client.CutAsync(Server);
        await using var back = await ConnectAsync(
            ada with { ExpiresAt = ada.ExpiresAt.AddMinutes(20) }, place, $"resume=1&recover={client.Token}");
        Assert.Equal(client.Id, back.Id);

        Server.Time.Advance(TimeSpan.FromMinutes(15));
        await ExpectOpenAsync(back);
        Server.Time.Advance(TimeSpan.FromMinutes(15));

        await ExpectExpiredAsync(back);
    }

    [Theory]
    [InlineData(Place.JwtHeader)]
    [InlineData(Place.AccessTokenQuery)]
    [InlineData(Place.Cookie)]
    public async Task Recovery_ByAnotherUser_IsRefused(Place place)
    {
        await using var ada = await ConnectAsync(Credentials.Of("ada"), place);

        await using var strict = await Server.ConnectAsync(
            Credentials.Of("eve").In(new UpgradeRequest($"/helios?recover={ada.Token}&strict=1"), place));
        await strict.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");
        await using var eve = await ConnectAsync(Credentials.Of("eve"), place, $"resume=1&recover={ada.Token}");

        Assert.Equal("connection:established", eve.Topic);
        Assert.NotEqual(ada.Id, eve.Id);
        Assert.Equal("error STATE_TOKEN_INVALID", await eve.NextAsync());
        await ExpectOpenAsync(ada);
    }

    [Fact]
    public async Task Recovery_Anonymously_IsRefused()
    {
        await using var ada = await ConnectAsync(Credentials.Of("ada"));

        await using var nobody = await Server.ConnectAsync(new UpgradeRequest($"/open?recover={ada.Token}&strict=1"));

        await nobody.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");
    }

    [Fact]
    public async Task Takeover_BeforeTheOldTicketExpires_NewConnectionLivesOn()
    {
        var ada = Credentials.Of("ada");
        await using var old = await ConnectAsync(ada);
        await using var fresh = await ConnectAsync(
            ada with { ExpiresAt = ada.ExpiresAt.AddHours(1) }, query: $"resume=1&recover={old.Token}");

        Server.Time.Advance(TimeSpan.FromMinutes(10));

        await ExpectOpenAsync(fresh);
        Assert.Equal(ada.ExpiresAt.AddHours(1).ToUnixTimeSeconds(), StarlingOf(fresh).UserExpiresAt!.Value.ToUnixTimeSeconds());
    }
}

using System.Text.Json;

namespace HeliosStarling.Recovery;

/// <summary>Each <c>state:token</c> that is written carries the newest token: docs/protocol.md section 7, "Token".</summary>
public class NewestTokenTests : RecoveryTest
{
    [Fact]
    public async Task StateToken_ThatIsSentAgain_CarriesTheNewestToken()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await StarlingOf(client).States.NotifyStateAsync();
        var first = TokenOf(await client.ReadAsync());
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);
        var again = TokenOf(await back.ReadAsync());

        Assert.NotEqual(first, again);
        Assert.Equal(back.Token, again);
    }

    [Fact]
    public async Task StateTokens_ThatWaitTogether_AllCarryTheNewest_WithWhatIsLeftOfItsTime()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await StarlingOf(client).States.NotifyStateAsync();
        await client.ReadAsync();
        Server.Time.Advance(TimeSpan.FromSeconds(1));
        await StarlingOf(client).States.NotifyStateAsync();
        await client.ReadAsync();
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);
        var (one, two) = (await back.ReadAsync(), await back.ReadAsync());

        Assert.Equal((back.Token, back.Token), (TokenOf(one), TokenOf(two)));
        Assert.Equal(
            back.Data.GetProperty("expiresIn").GetInt64(),
            one.GetProperty("notification").GetProperty("data").GetProperty("expiresIn").GetInt64());
    }

    private static string TokenOf(JsonElement message) =>
        message.GetProperty("notification").GetProperty("data").GetProperty("token").GetString()!;
}

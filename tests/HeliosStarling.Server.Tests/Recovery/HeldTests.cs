namespace HeliosStarling.Recovery;

/// <summary>Which starlings a server removes first when it holds too many.</summary>
public class HeldTests : RecoveryTest
{
    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.MaxConnections = 2;
    }

    [Fact]
    public async Task BeyondTheLimit_StarlingsWithoutToken_AreRemovedFirst()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var starling = StarlingOf(client);
        await client.CutAsync(Server);
        for (var i = 0; i < 4; i++)
        {
            await using (var passer = await Server.ConnectAsync()) await passer.ExpectAliveAsync();
            await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        }

        Assert.Equal(2, Helios.Starlings.TotalCount);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Same(starling, StarlingOf(back));
    }

    [Fact]
    public async Task BeyondTheLimit_AllHaveTokens_LongestAwayIsRemoved()
    {
        var starlings = new List<Starling>();
        for (var i = 0; i < 3; i++)
        {
            await using var client = await ResumeClient.ConnectAsync(Server);
            starlings.Add(StarlingOf(client));
            await client.CutAsync(Server);
            await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        }

        Assert.Equal([false, true, true], starlings.Select(starling => Helios.Starlings.GetById(starling.Id) is not null));
    }
}

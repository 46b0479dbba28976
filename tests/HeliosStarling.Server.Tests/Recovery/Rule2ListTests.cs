namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 2.</summary>
public class Rule2ListTests : RecoveryTest
{
    [Fact]
    public async Task Replay_MessagesSentMeanwhile_ComeBehindIt()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3);
        await client.NextAsync(3);
        await client.CutAsync(Server);
        await TellAsync(client, 4, 5);

        await using var back = await client.ReturnAsync(Server, 1);
        await TellAsync(back, 6);

        Assert.Equal(["n:n 2", "n:n 3", "n:n 4", "n:n 5", "n:n 6"], await back.NextAsync(5));
    }

    [Fact]
    public async Task Replay_CutInTheMiddle_NothingIsLost()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3, 4);
        await client.CutAsync(Server);
        await using var second = await client.ReturnAsync(Server, 0);
        Assert.Equal("n:n 1", await second.NextAsync());
        await second.CutAsync(Server);

        await using var third = await client.ReturnAsync(Server, 1);

        Assert.Equal(["n:n 2", "n:n 3", "n:n 4"], await third.NextAsync(3));
        await third.ExpectNothingAsync();
    }

    [Fact]
    public async Task Acknowledged_IsNotSentAgain()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2, 3);
        await client.NextAsync(3);
        await client.AckAsync("2");
        await client.ExpectNothingAsync();
        Assert.Equal(1, StarlingOf(client).Session.Outbox.Count);
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 2);

        Assert.Equal("n:n 3", await back.NextAsync());
    }

    [Fact]
    public async Task Broadcast_ToHeldAndConnected_ReachesBothInOrder()
    {
        await using var away = await ResumeClient.ConnectAsync(Server);
        await using var here = await ResumeClient.ConnectAsync(Server);
        await away.CutAsync(Server);

        var delivered = await Helios.Starlings.BroadcastAsync("n:n", 1);
        await Helios.Starlings.BroadcastAsync("n:n", 2);

        Assert.Equal(1, delivered.LocalReceivers);
        Assert.Equal(["n:n 1", "n:n 2"], await here.NextAsync(2));
        await using var back = await away.ReturnAsync(Server, 0);
        Assert.Equal(["n:n 1", "n:n 2"], await back.NextAsync(2));
    }
}

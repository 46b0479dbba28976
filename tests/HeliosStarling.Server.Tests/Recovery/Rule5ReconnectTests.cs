using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 5.</summary>
public class Rule5ReconnectTests : RecoveryTest
{
    [Fact]
    public async Task SameEpoch_CountersContinue_BothSidesSendTheirCounts()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.SendTextAsync("a");
        await client.SendTextAsync("b");
        await client.ExpectNothingAsync();
        await TellAsync(client, 1, 2, 3);
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 2);

        Assert.Equal((2, client.Epoch, true), (back.Received, back.Epoch, back.Data.GetProperty("resumed").GetBoolean()));
        Assert.Equal("n:n 3", await back.NextAsync());
        await back.SendTextAsync("c");
        await TakenAsync(3);
        Assert.Equal(["a", "b", "c"], TakenSoFar());
        Assert.Equal(3, StarlingOf(back).Session.Ledger.Received);
    }


    [Theory]
    [InlineData("epoch=other&received=1")]
    [InlineData("")]
    [InlineData("received=1")]
    public async Task OtherEpochOrNone_BeginsAgain_SentMessagesAreNotRepeated(string claim)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.SendTextAsync("a");
        await TellAsync(client, 1, 2);
        await client.NextAsync(2);
        await client.CutAsync(Server);
        await TellAsync(client, 3);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}&resume=1&{claim}");

        Assert.Equal((client.Id, 0L, false), (back.Id, back.Received, back.Data.GetProperty("resumed").GetBoolean()));
        Assert.NotEqual(client.Epoch, back.Epoch);
        Assert.False(back.Data.TryGetProperty("missed", out _));
        Assert.Equal("n:n 3", await back.NextAsync());
        await back.CutAsync(Server);
        await using var third = await back.ReturnAsync(Server, 0);
        Assert.Equal("n:n 3", await third.NextAsync());
    }

    [Theory]
    [InlineData("received=3")]
    [InlineData("received=0")]
    [InlineData("received=-1")]
    [InlineData("received=1.5")]
    [InlineData("received=one")]
    [InlineData("received=")]
    [InlineData("received=99999999999999999999")]
    [InlineData("")]
    [InlineData("received=2&instance=i&attempt=soon")]
    [InlineData("received=2&instance=i&attempt=-1")]
    [InlineData("received=2&instance=i")]
    [InlineData("received=2&instance=no+id&attempt=1")]
    public async Task ImpossibleClaim_IsRefused_AndTouchesNothing(string claim)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1, 2);
        await client.NextAsync(2);
        await client.AckAsync("1");
        await client.ExpectNothingAsync();

        await using var liar = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}&resume=1&epoch={client.Epoch}&{claim}");

        Assert.Equal("connection:established", liar.Topic);
        Assert.NotEqual(client.Id, liar.Id);
        Assert.Equal("error STATE_RECOVERY_FAILED", await liar.NextAsync());
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);
        await using var back = await client.ReturnAsync(Server, 1);
        Assert.Equal("n:n 2", await back.NextAsync());
    }

    [Fact]
    public async Task RefusedRecovery_ItsErrorIsCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&recover=nonsense");
        Assert.Equal("error STATE_TOKEN_INVALID", await client.NextAsync());
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal("error STATE_TOKEN_INVALID", await back.NextAsync());
    }

    [Fact]
    public async Task RecoveryWithoutResume_GetsUnsentMessagesInOrder()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await TellAsync(client, 1);
        await client.NextAsync();
        await client.CutAsync(Server);
        await TellAsync(client, 2, 3);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}");

        Assert.Equal(["n:n 2", "n:n 3"], await back.NextAsync(2));
        await back.ExpectNothingAsync();
        Assert.Null(StarlingOf(back).Session.Ledger.Epoch);
    }

    [Fact]
    public async Task PlainClientWithToken_IsRecovered_DataAndGroupsToo()
    {
        await using var wire = await Server.ConnectAsync();
        await wire.SendTextAsync(ClientMessage.Request("starling:state", "null"));
        var token = System.Text.Json.JsonElement.Parse(await wire.ReadTextAsync()).GetProperty("data").GetProperty("token").GetString();
        var starling = Assert.Single(Helios.Starlings.Filter(_ => true));
        starling.Data.Set("name", "Ada");
        await starling.JoinAsync("room");
        await wire.DisposeAsync();
        await Eventually.TrueAsync(() => !starling.IsConnected);
        await TellAsync(starling, 1);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={token}");

        Assert.Equal(starling.Id, back.Id);
        Assert.Equal("n:n 1", await back.NextAsync());
        Assert.Equal(("Ada", 1), (StarlingOf(back).Data.Get<string>("name"), Helios.Starlings.Group("room").Count));
    }
}

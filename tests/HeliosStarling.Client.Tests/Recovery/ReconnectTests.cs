namespace HeliosStarling.Recovery;

/// <summary>When and as whom a client comes back.</summary>
public sealed class ReconnectTests : HandMadeTest
{
    [Fact]
    public async Task Connect_AsksForResume_AndSendsNothingBeforeTheWelcome()
    {
        var connecting = StartAsync();
        var connection = await Server.AcceptAsync();

        Assert.Equal("/some?a=b&resume=1&attempt=5000&limit=16777216", connection.Target);
        Assert.Equal("helios-starling", connection.Subprotocols);
        Assert.False(connecting.IsCompleted);
        await connection.WelcomeAsync();
        await connecting.InTime();
        Assert.Equal((HandMadeServer.Id, "t1", ConnectionState.Connected), (Client.StarlingId, Client.Token, Client.State));
    }

    [Fact]
    public async Task Connect_FirstFrameIsNoWelcome_FailsAndSaysWhatToDo()
    {
        var connecting = StartAsync();
        await (await Server.AcceptAsync()).SendAsync("hello");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        Assert.Equal("CONNECTION_REJECTED", failure.Code);
        Assert.Contains("set Resume to false", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(4002)]
    public async Task ClosedFinally_DoesNotComeBack_ForgetsItsTokenAndFailsWhatIsOpen(int code)
    {
        var first = await ConnectAsync();
        var request = Client.Request<string>("a:b");
        await first.NextAsync();

        await first.CloseAsync(code);

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        await Eventually.TrueAsync(() => Client.State == ConnectionState.Closed);
        Assert.Null(Client.Token);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1008)]
    [InlineData(4003)]
    [InlineData(4321)]
    public async Task ClosedOtherwise_ComesBack(int code)
    {
        var first = await ConnectAsync();

        await first.CloseAsync(code);
        var second = await AcceptNextAsync();

        Assert.Equal("e1", second.Parameter("epoch"));
        Assert.Equal(ConnectionState.Reconnecting, Client.State);
    }

    [Fact]
    public async Task StateToken_LatestTimestampIsKept()
    {
        var first = await ConnectAsync();
        await first.NotifyAsync("state:token", """{"token":"t3","expiresIn":60}""", timestamp: 3000);
        await first.NotifyAsync("state:token", """{"token":"t2","expiresIn":60}""", timestamp: 2000);
        await first.ExpectNothingAsync();

        Assert.Equal("t3", Client.Token);
        Assert.Contains("helios.recover.t3", (await ReturnAsync(first)).Subprotocols, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedRecovery_BecomesTheNewStarling()
    {
        var first = await ConnectAsync();
        var second = await ReturnAsync(first);

        await second.WelcomeAsync(epoch: "e9", token: "t9", topic: "established", id: "other");
        await second.SendMessageAsync("\"type\":\"error\",\"error\":{\"severity\":\"application\",\"code\":\"STATE_TOKEN_EXPIRED\",\"message\":\"m\"}");
        await second.ExpectNothingAsync();

        Assert.Equal(("other", "t9"), (Client.StarlingId, Client.Token));
        Assert.Equal("1", (await ReturnAsync(second)).Parameter("received"));
    }

    [Fact]
    public async Task Events_TellTheWholeStory()
    {
        var first = await ConnectAsync();
        first.Cut();
        var second = await AcceptNextAsync();
        await second.WelcomeAsync(topic: "recovered", more: ",\"resumed\":true,\"missed\":0");
        await second.ExpectNothingAsync();
        await second.CloseAsync(4002);
        await Eventually.TrueAsync(() => { lock (Happened) return Happened.Contains("starling:closed"); });

        lock (Happened)
        {
            Assert.Equal(
                ["starling:connected", "starling:disconnected 1006", "starling:reconnecting", "starling:connected", "starling:recovered True 0", "starling:disconnected 4002", "starling:closed"],
                Happened.Where((name, index) => index == 0 || name != Happened[index - 1] || name != "starling:reconnecting"));
        }
    }

    [Fact]
    public async Task MaxReconnectAttempts_Reached_GivesUp()
    {
        var first = await ConnectAsync(configure: options => options.MaxReconnectAttempts = 2);
        var request = Client.Request<string>("a:b", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        await first.NextAsync();
        await Server.DisposeAsync();

        first.Cut();
        while (Client.State != ConnectionState.Closed)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task Token_GivenAtTheStart_ComesBackWithoutEpochAndCount()
    {
        var connecting = StartAsync(configure: options => options.Token = "kept");
        var connection = await Server.AcceptAsync();

        Assert.Equal("helios-starling, helios.recover.kept", connection.Subprotocols);
        Assert.Null(connection.Parameter("epoch"));
        await connection.WelcomeAsync(topic: "recovered");
        await connecting.InTime();
    }

    [Fact]
    public async Task WithoutResume_ComesBackAsANewStarling_UnsentMessagesGoOut()
    {
        var connecting = StartAsync(configure: options => options.Resume = false);
        var first = await Server.AcceptAsync();
        await connecting.InTime();
        Assert.Equal("/some?a=b&limit=16777216", first.Target);
        var request = Client.Request<string>("a:b");
        await first.NextAsync();
        first.Cut();
        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        await Client.NotifyAsync("n:n", 1);

        var second = await AcceptNextAsync();

        Assert.Equal("1", await second.NextAsync());
    }
}

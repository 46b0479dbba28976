namespace HeliosStarling.Recovery;

/// <summary>When a client reconnects, and as which starling.</summary>
public sealed class ReconnectTests : ScriptedServerTest
{
    [Fact]
    public async Task Connect_AsksForResume_AndSendsNothingBeforeTheWelcome()
    {
        var connecting = StartAsync();
        var connection = await Server.AcceptAsync();

        Assert.Matches("^/some[?]a=b&resume=1&instance=[A-Za-z0-9_-]{16}&attempt=1&limit=16777216$", connection.Target);
        Assert.Equal("helios-starling", connection.Subprotocols);
        Assert.False(connecting.IsCompleted);
        await connection.WelcomeAsync();
        await connecting.InTime();
        Assert.Equal((ScriptedServer.Id, "t1", ConnectionState.Connected), (Client.StarlingId, Client.Token, Client.State));
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
    public async Task ClosedFinally_DoesNotReconnect_ForgetsItsTokenAndFailsOpenRequests(int code)
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
    public async Task ClosedOtherwise_Reconnects(int code)
    {
        var first = await ConnectAsync();

        await first.CloseAsync(code);
        var second = await AcceptNextAsync();

        Assert.Equal("e1", second.Parameter("epoch"));
        Assert.Equal(ConnectionState.Reconnecting, Client.State);
    }

    [Fact]
    public async Task StateToken_TheLastToComeIsKept_WhateverItsTimestamp()
    {
        var first = await ConnectAsync();
        await first.NotifyAsync("state:token", """{"token":"t3","expiresIn":60}""", timestamp: 3000);
        await first.NotifyAsync("state:token", """{"token":"t2","expiresIn":60}""", timestamp: 2000);
        await first.ExpectNothingAsync();

        Assert.Equal("t2", Client.Token);
        Assert.Contains("helios.recover.t2", (await ReturnAsync(first)).Subprotocols, StringComparison.Ordinal);
    }

    // The first server's clock was a second ahead of the second server's.
    [Fact]
    public async Task WelcomeOfAServerWhoseClockIsBehind_ItsTokenIsKept()
    {
        var first = await ConnectAsync();
        var second = await ReturnAsync(first);
        await second.WelcomeAsync(epoch: "e2", token: "t2", topic: "recovered", timestamp: 1);
        await second.ExpectNothingAsync();

        Assert.Equal("t2", Client.Token);
        Assert.Contains("helios.recover.t2", (await ReturnAsync(second)).Subprotocols, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempts_GoUpFromOne_UnderOneInstance_WhateverTheClockSays()
    {
        var first = await ConnectAsync();
        Time.AdjustTime(DateTimeOffset.UnixEpoch);
        var second = await ReturnAsync(first);

        Assert.Equal((1, 2), (first.Attempt, second.Attempt));
        Assert.Equal(first.Parameter("instance"), second.Parameter("instance"));
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(4002)]
    public async Task ClosedFinally_InPlaceOfTheWelcome_IsTheEnd(int code)
    {
        var first = await ConnectAsync();
        var second = await ReturnAsync(first);

        await second.CloseAsync(code, "because");

        await Eventually.TrueAsync(() => Client.State == ConnectionState.Closed);
        Assert.Null(Client.Token);
        await Eventually.TrueAsync(() => Closed.Count == 1);
        Assert.Equal((code, code), (Closed[0].Code, Closed[0].Failure!.CloseCode));
    }

    [Fact]
    public async Task StoredToken_OfAStarlingThatIsClosedForGood_IsForgotten_AndANewStarlingBegins()
    {
        var connecting = StartAsync(configure: options => options.Token = "stored");
        await (await Server.AcceptAsync()).CloseAsync(4002, "closed for good");

        var second = await Server.AcceptAsync();

        Assert.Equal("helios-starling", second.Subprotocols);
        await second.WelcomeAsync();
        await connecting.InTime();
        Assert.Equal("t1", Client.Token);
    }

    [Fact]
    public async Task RefusedInPlaceOfTheWelcome_TheReasonIsTold()
    {
        var connecting = StartAsync();
        await (await Server.AcceptAsync()).CloseAsync(1008, "APP_BANNED");

        var refusal = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        Assert.Equal("CONNECTION_REJECTED", refusal.Code);
        var failure = Assert.IsType<ConnectionFailure>(refusal.Details);
        Assert.Equal((1008, null), (failure.CloseCode, failure.Status));
        Assert.Contains("1008: APP_BANNED", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShortConnections_DoNotResetTheBackOff()
    {
        var connection = await ConnectAsync(configure: options => options.ReconnectDelay = TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 5; i++)
        {
            await connection.NotifyAsync("n:n", "1");
            await connection.CloseAsync(1008, "no");
            connection = await AcceptNextAsync();
            await connection.WelcomeAsync(received: 0, topic: "recovered");
        }

        lock (Happened) Assert.Equal(5, Attempts.Max());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LongConnection_ResetsTheBackOff(bool byAnAck)
    {
        var connection = await ConnectAsync();
        connection.Cut();
        connection = await AcceptNextAsync();
        await connection.WelcomeAsync(topic: "recovered");
        if (byAnAck)
        {
            await Client.NotifyAsync("n:n", 1);
            await connection.NextAsync();
            await connection.AckAsync(1);
        }
        await connection.ExpectNothingAsync();
        if (!byAnAck) Time.Advance(TimeSpan.FromSeconds(10));

        connection.Cut();
        await AcceptNextAsync();

        Assert.Equal([1, 1], Attempts);
    }

    [Fact]
    public async Task RetryAfter_IsObeyed()
    {
        var first = await ConnectAsync();
        first.Cut();
        var refusing = Server.RefuseAsync("503 Service Unavailable", "Retry-After: 20");
        while (!refusing.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(refusing, Task.Delay(1));
        }

        await Eventually.TrueAsync(() => Delays.Count == 2);
        Assert.True(Delays[1] >= TimeSpan.FromSeconds(20), $"{Delays[1]}");
        Assert.Equal((503, TimeSpan.FromSeconds(20)), (Failures[1]!.Status, Failures[1]!.RetryAfter));
    }

    [Fact]
    public async Task RateLimitedClose_WaitsTheLongestTime()
    {
        var first = await ConnectAsync();

        await first.CloseAsync(4029);

        await Eventually.TrueAsync(() => Delays.Count == 1);
        Assert.True(Delays[0] >= TimeSpan.FromSeconds(30), $"{Delays[0]}");
        Assert.Equal((4029, "RATE_LIMIT_EXCEEDED"), (Failures[0]!.CloseCode, Failures[0]!.Code));
    }

    [Fact]
    public async Task RefusedRecovery_BecomesTheNewStarling()
    {
        var first = await ConnectAsync();
        var second = await ReturnAsync(first);

        await second.WelcomeAsync(epoch: "e9", token: "t9", topic: "established", id: "other");
        await second.SendMessageAsync(
            "\"type\":\"error\",\"error\":{\"severity\":\"application\",\"code\":\"STATE_TOKEN_EXPIRED\",\"message\":\"m\"}");
        await second.ExpectNothingAsync();

        Assert.Equal(("other", "t9"), (Client.StarlingId, Client.Token));
        Assert.Equal("1", (await ReturnAsync(second)).Parameter("received"));
    }

    [Fact]
    public async Task Events_OfAReconnect_AreRaisedInOrder()
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
                [
                    "starling:connected", "starling:disconnected 1006", "starling:reconnecting", "starling:connected",
                    "starling:recovered True 0", "starling:disconnected 4002", "starling:closed",
                ],
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

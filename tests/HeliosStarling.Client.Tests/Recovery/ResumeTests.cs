using System.Text.Json;

namespace HeliosStarling.Recovery;

/// <summary>The client's part of docs/protocol.md section 7, with hand-made frames.</summary>
public sealed class ResumeTests : ScriptedServerTest
{
    [Fact]
    public async Task Cut_ComesBackWithTokenEpochAndExactCount()
    {
        var first = await ConnectAsync();
        await first.NotifyAsync("n:n", "1");
        await first.SendAsync("plain text");
        await first.SendMessageAsync("\"type\":\"nonsense\"");
        await first.AckAsync(0);
        await first.SendMessageAsync("\"type\":\"ping\"");
        await first.NextAsync();
        await first.NextAsync();

        var second = await ReturnAsync(first);

        Assert.Equal("helios-starling, helios.recover.t1", second.Subprotocols);
        Assert.Equal(("e1", "3"), (second.Parameter("epoch"), second.Parameter("received")));
        Assert.True(second.Attempt > first.Attempt);
        Assert.DoesNotContain("recover=", second.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Epoch_OfCharactersThatMeanSomethingInAnAddress_ComesBackAsItIs()
    {
        const string epoch = "a&received=9#?+ ";
        var connecting = StartAsync();
        var first = await Server.AcceptAsync();
        await first.WelcomeAsync(epoch);
        await connecting.InTime();

        var second = await ReturnAsync(first);

        Assert.Equal((epoch, "0"), (Uri.UnescapeDataString(second.Parameter("epoch")!), second.Parameter("received")));
    }

    [Fact]
    public async Task SameEpoch_SendsAgainFromBehindWhatTheServerCounted_NewMessagesBehindThat()
    {
        var first = await ConnectAsync();
        foreach (var number in new[] { 1, 2, 3 }) await Client.NotifyAsync("n:n", number);
        foreach (var number in new[] { "1", "2", "3" }) Assert.Equal(number, await first.NextAsync());
        var second = await ReturnAsync(first);
        await Client.NotifyAsync("n:n", 4);

        await second.WelcomeAsync(received: 1, topic: "recovered", more: ",\"resumed\":true,\"missed\":0");

        foreach (var number in new[] { "2", "3", "4" }) Assert.Equal(number, await second.NextAsync());
        await second.ExpectNothingAsync();
    }

    // Fields of the wrong type count as absent and do not break the client.
    [Theory]
    [InlineData("connection:missed", """{"missed":"seven"}""")]
    [InlineData("connection:missed", """{"missed":"\ud800"}""")]
    [InlineData("connection:missed", """{"missed":{}}""")]
    [InlineData("state:token", """{"token":"\ud800"}""")]
    public async Task OwnNotification_WithOddFields_CountsAsOneMessage(string topic, string data)
    {
        var first = await ConnectAsync();
        await first.NotifyAsync(topic, data);

        var second = await ReturnAsync(first);

        Assert.Equal("1", second.Parameter("received"));
    }

    [Fact]
    public async Task Acknowledged_IsNotSentAgain()
    {
        var first = await ConnectAsync();
        await Client.NotifyAsync("n:n", 1);
        await Client.NotifyAsync("n:n", 2);
        await first.NextAsync();
        await first.NextAsync();
        await first.AckAsync(2);
        await first.ExpectNothingAsync();
        var second = await ReturnAsync(first);

        await second.WelcomeAsync(received: 2, topic: "recovered");

        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task Ack_OfTheServerTooHigh_IsAViolationAndNotApplied()
    {
        var first = await ConnectAsync();
        await Client.NotifyAsync("n:n", 1);
        await first.NextAsync();

        await first.AckAsync(2);

        Assert.Equal("error", await first.NextAsync());
    }

    [Fact]
    public async Task Ack_After32Messages_OrASecond()
    {
        var first = await ConnectAsync();
        for (var i = 0; i < 32; i++) await first.NotifyAsync("n:n", $"{i}");
        Assert.Equal("ack 32", await first.NextAsync());
        await first.NotifyAsync("n:n", "32");
        await Eventually.TrueAsync(() => Told.Count == 33);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("ack 33", await first.NextAsync());
    }

    [Fact]
    public async Task Missed_CountsAsManyMessages_AndIsTold()
    {
        var missed = new TaskCompletionSource<JsonElement>();
        var first = await ConnectAsync(client => client.On("connection:missed", (JsonElement data) => missed.SetResult(data)));
        await first.NotifyAsync("connection:missed", """{"missed":7}""");
        await first.NotifyAsync("n:n", "8");
        Assert.Equal("""{"missed":7}""", (await missed.Task.InTime()).GetRawText());
        await Eventually.TrueAsync(() => Told.Count == 1);

        Assert.Equal("8", (await ReturnAsync(first)).Parameter("received"));
    }

    [Fact]
    public async Task SameEpoch_RequestStaysOpen_AndIsAnsweredLater()
    {
        var first = await ConnectAsync();
        var request = Client.Request<string>("a:b");
        var asked = await first.ReadAsync();
        var second = await ReturnAsync(first);
        await second.WelcomeAsync(received: 1, topic: "recovered");

        await second.AnswerAsync(asked, "\"yes\"");

        Assert.Equal("yes", await request.InTime());
    }

    [Fact]
    public async Task OtherEpoch_SentRequestFails_RetriedOneGoesOutUnderANewId_UnsentAsUsual_RestIsUnconfirmed()
    {
        var unconfirmed = new TaskCompletionSource<ClientUnconfirmed>();
        var first = await ConnectAsync(
            client => client.Events.On("starling:unconfirmed", (ClientUnconfirmed happened) => unconfirmed.SetResult(happened)));
        var failing = Client.Request<string>("a:sent");
        var retried = Client.Request<string>("a:retried", 7, new RequestOptions { Retry = true });
        await Client.NotifyAsync("n:n", 1);
        var (_, old, _) = (await first.ReadAsync(), await first.ReadAsync(), await first.ReadAsync());
        var second = await ReturnAsync(first);
        await Client.NotifyAsync("n:n", 2);

        await second.WelcomeAsync(epoch: "e2", topic: "recovered", more: ",\"resumed\":false");

        Assert.Equal("STATE_RECOVERY_FAILED", (await Assert.ThrowsAsync<HeliosException>(() => failing.InTime())).Code);
        Assert.Equal("2", await second.NextAsync());
        var again = await second.ReadAsync();
        Assert.Equal(("a:retried", 7), (again.GetProperty("method").GetString(), again.GetProperty("payload").GetInt32()));
        Assert.NotEqual(old.GetProperty("requestId").GetString(), again.GetProperty("requestId").GetString());
        await second.AnswerAsync(old, "\"late\"");
        await second.AnswerAsync(again, "\"yes\"");
        Assert.Equal("yes", await retried.InTime());
        Assert.Contains(
            "\"data\":1",
            System.Text.Encoding.UTF8.GetString(Assert.Single((await unconfirmed.Task.InTime()).Messages).Data.Span),
            StringComparison.Ordinal);
        // Its counters are those of the new epoch.
        Assert.Equal(("e2", "2"), (await ReturnAsync(second) is var third ? third.Parameter("epoch") : null, third.Parameter("received")));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public async Task ServerCountIsImpossible_ReconnectsWithoutEpochAndCount(long received)
    {
        var first = await ConnectAsync();
        await Client.NotifyAsync("n:n", 1);
        await first.NextAsync();
        var second = await ReturnAsync(first);
        await second.WelcomeAsync(received: received, topic: "recovered");

        var third = await AcceptNextAsync();

        Assert.Equal((null, null), (third.Parameter("epoch"), third.Parameter("received")));
        Assert.Contains("helios.recover.t1", third.Subprotocols, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_TimesOutWhileAway_SaysSo()
    {
        var first = await ConnectAsync();
        var request = Client.Request<string>("a:lost", options: new RequestOptions { Timeout = TimeSpan.FromMinutes(1) });
        await first.NextAsync();
        await ReturnAsync(first);
        Time.Advance(TimeSpan.FromMinutes(1));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());

        Assert.Equal("REQUEST_TIMEOUT", failure.Code);
        Assert.Matches(@"^No answer to 'a:lost' came in time: the server has been disconnected for [0-9.]+ s\.$", failure.Message);
    }

    [Fact]
    public async Task Unsent_CancelledWhileAway_IsNeverSent()
    {
        var first = await ConnectAsync();
        var second = await ReturnAsync(first);
        using var cancellation = new CancellationTokenSource();
        var cancelled = Client.Request<string>("a:cancelled", cancellationToken: cancellation.Token);
        var timedOut = Client.Request<string>("a:timedOut", options: new RequestOptions { Timeout = TimeSpan.FromMilliseconds(1) });
        _ = Client.Request<string>("a:kept");
        await cancellation.CancelAsync();
        Time.Advance(TimeSpan.FromMilliseconds(2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.InTime());
        Assert.Equal("REQUEST_TIMEOUT", (await Assert.ThrowsAsync<HeliosException>(() => timedOut.InTime())).Code);

        await second.WelcomeAsync(topic: "recovered");

        Assert.Equal("a:kept", await second.NextAsync());
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task FullWhileAway_RefusesNewMessages_DropsNothing()
    {
        var first = await ConnectAsync(configure: options => options.MessageBufferSize = 64);
        var second = await ReturnAsync(first);
        for (var i = 0; i < 63; i++) await Client.NotifyAsync("n:n", i);

        var waiting = Client.NotifyAsync("n:n", 63).AsTask();
        var refused = Client.Request<string>("a:b");

        Assert.False(waiting.IsCompleted);
        Assert.Equal("REQUEST_QUEUE_FULL", (await Assert.ThrowsAsync<HeliosException>(() => refused.InTime())).Code);
        await second.WelcomeAsync(topic: "recovered");
        for (var i = 0; i < 64; i++) Assert.Equal($"{i}", await second.NextAsync());
        await second.AckAsync(64);
        Assert.Equal(SendResult.Queued, await waiting.InTime());
    }
}

using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Recovery;

/// <summary>The client's part of PROTOCOL.md section 7, with hand-made frames.</summary>
public sealed class ResumeTests : IAsyncDisposable
{
    private readonly HandMadeServer _server = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddMilliseconds(5000));
    private readonly List<string> _events = [];
    private readonly List<int> _told = [];
    private StarlingClient? _client;

    private StarlingClient Client => _client!;

    public async ValueTask DisposeAsync()
    {
        // Nobody answers its goodbye.
        var disposed = _client?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        while (!disposed.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.WhenAny(disposed, Task.Delay(5));
        }
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Connect_AsksForResume_AndSendsNothingBeforeTheWelcome()
    {
        var connecting = StartAsync();
        var connection = await _server.AcceptAsync();

        Assert.Equal("/some?a=b&resume=1&attempt=5000", connection.Target);
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
        await (await _server.AcceptAsync()).SendAsync("hello");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        Assert.Equal("CONNECTION_REJECTED", failure.Code);
        Assert.Contains("set Resume to false", failure.Message, StringComparison.Ordinal);
    }

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
        await Eventually.TrueAsync(() => _told.Count == 33);

        _time.Advance(TimeSpan.FromSeconds(1));

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
        await Eventually.TrueAsync(() => _told.Count == 1);

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
        var first = await ConnectAsync(client => client.Events.On("starling:unconfirmed", (ClientUnconfirmed happened) => unconfirmed.SetResult(happened)));
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
        Assert.Contains("\"data\":1", System.Text.Encoding.UTF8.GetString(Assert.Single((await unconfirmed.Task.InTime()).Messages).Data.Span), StringComparison.Ordinal);
        // Its counters are those of the new epoch.
        Assert.Equal(("e2", "2"), (await ReturnAsync(second) is var third ? third.Parameter("epoch") : null, third.Parameter("received")));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public async Task ServerCountedWhatCannotBe_ReconnectsWithoutEpochAndCount(long received)
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
    public async Task Unsent_CancelledWhileAway_IsNeverSent()
    {
        var first = await ConnectAsync();
        var second = await ReturnAsync(first);
        using var cancellation = new CancellationTokenSource();
        var cancelled = Client.Request<string>("a:cancelled", cancellationToken: cancellation.Token);
        var timedOut = Client.Request<string>("a:timedOut", options: new RequestOptions { Timeout = TimeSpan.FromMilliseconds(1) });
        _ = Client.Request<string>("a:kept");
        await cancellation.CancelAsync();
        _time.Advance(TimeSpan.FromMilliseconds(2));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.InTime());
        Assert.Equal("REQUEST_TIMEOUT", (await Assert.ThrowsAsync<HeliosException>(() => timedOut.InTime())).Code);

        await second.WelcomeAsync(topic: "recovered");

        Assert.Equal("a:kept", await second.NextAsync());
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task FullWhileAway_RefusesWhatIsNew_DropsNothing()
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
        await Eventually.TrueAsync(() => { lock (_events) return _events.Contains("starling:closed"); });

        lock (_events)
        {
            Assert.Equal(
                ["starling:connected", "starling:disconnected 1006", "starling:reconnecting", "starling:connected", "starling:recovered True 0", "starling:disconnected 4002", "starling:closed"],
                _events.Where((name, index) => index == 0 || name != _events[index - 1] || name != "starling:reconnecting"));
        }
    }

    [Fact]
    public async Task MaxReconnectAttempts_Reached_GivesUp()
    {
        var first = await ConnectAsync(configure: options => options.MaxReconnectAttempts = 2);
        var request = Client.Request<string>("a:b", options: new RequestOptions { Timeout = Timeout.InfiniteTimeSpan });
        await first.NextAsync();
        await _server.DisposeAsync();

        first.Cut();
        while (Client.State != ConnectionState.Closed)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public async Task Token_GivenAtTheStart_ComesBackWithoutEpochAndCount()
    {
        var connecting = StartAsync(configure: options => options.Token = "kept");
        var connection = await _server.AcceptAsync();

        Assert.Equal("helios-starling, helios.recover.kept", connection.Subprotocols);
        Assert.Null(connection.Parameter("epoch"));
        await connection.WelcomeAsync(topic: "recovered");
        await connecting.InTime();
    }

    [Fact]
    public async Task WithoutResume_ComesBackAsANewStarling_UnsentMessagesGoOut()
    {
        var connecting = StartAsync(configure: options => options.Resume = false);
        var first = await _server.AcceptAsync();
        await connecting.InTime();
        Assert.Equal("/some?a=b", first.Target);
        var request = Client.Request<string>("a:b");
        await first.NextAsync();
        first.Cut();
        Assert.Equal("CONNECTION_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        await Client.NotifyAsync("n:n", 1);

        var second = await AcceptNextAsync();

        Assert.Equal("1", await second.NextAsync());
    }

    private async Task StartAsync(Action<StarlingClient>? setup = null, Action<StarlingClientOptions>? configure = null)
    {
        await StarlingClient.ConnectAsync(_server.Url, options =>
        {
            options.TimeProvider = _time;
            options.KeepAliveInterval = TimeSpan.FromHours(1);
            configure?.Invoke(options);
        }, client =>
        {
            _client = client;
            client.On("n:n", (int number) => _told.Add(number));
            client.Events.On("starling:*", happened =>
            {
                lock (_events) _events.Add(happened switch
                {
                    ClientDisconnected lost => $"{lost.Name} {lost.Code}",
                    ClientRecovered back => $"{back.Name} {back.IsContinued} {back.Missed}",
                    _ => happened.Name,
                });
            });
            setup?.Invoke(client);
        });
    }

    private async Task<HandMadeConnection> ConnectAsync(Action<StarlingClient>? setup = null, Action<StarlingClientOptions>? configure = null)
    {
        var connecting = StartAsync(setup, configure);
        var connection = await _server.AcceptAsync();
        await connection.WelcomeAsync();
        await connecting.InTime();
        return connection;
    }

    private async Task<HandMadeConnection> ReturnAsync(HandMadeConnection from)
    {
        // What it has sent is handled by then.
        await from.SendMessageAsync($"\"type\":\"ping\",\"messageId\":\"{HandMadeServer.Id}\"");
        while (!(await from.ReadAsync()).TryGetProperty("messageId", out var id) || id.GetString() != HandMadeServer.Id)
        {
        }
        from.Cut();
        return await AcceptNextAsync();
    }

    /// <summary>The client waits a while before it comes back: the clock goes on until it does.</summary>
    private async Task<HandMadeConnection> AcceptNextAsync()
    {
        var accepting = _server.AcceptAsync();
        while (!accepting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(accepting, Task.Delay(1));
        }
        return await accepting;
    }
}

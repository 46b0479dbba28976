namespace HeliosStarling.Recovery;

/// <summary>Tickets that the application provides.</summary>
public sealed class TicketTests : ScriptedServerTest
{
    private readonly List<AccessTokenRequest> _asked = [];
    private string? _ticket = "ticket-1";

    [Fact]
    public async Task Connect_WithAProvider_SendsItsTicketAsBearer()
    {
        var connection = await ConnectAsync(configure: Provide);

        Assert.Equal("Bearer ticket-1", connection.Authorization);
        Assert.Equal([new AccessTokenRequest()], _asked);
    }

    [Fact]
    public async Task Connect_ProviderHasNone_ConnectsWithout()
    {
        _ticket = null;

        Assert.Null((await ConnectAsync(configure: Provide)).Authorization);
    }

    [Fact]
    public async Task Reconnect_AsksAgain_AndSendsTheTicketOfNow()
    {
        var first = await ConnectAsync(configure: Provide);
        _ticket = "ticket-2";

        Assert.Equal("Bearer ticket-2", (await ReturnAsync(first)).Authorization);
    }

    [Fact]
    public async Task Connect_Answered401_AsksOnceMoreAndSaysWhy()
    {
        var connecting = StartAsync(configure: Provide);
        await Server.RefuseWithAsync("401 Unauthorized", """{"error":{"code":"AUTH_EXPIRED","message":"Sign in again."}}""");
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync();
        await connecting.InTime();

        Assert.Equal([null, "AUTH_EXPIRED"], _asked.Select(asked => asked.Refusal?.Code));
        Assert.True(_asked[1].NeedsFresh);
    }

    [Fact]
    public async Task Connect_Answered401Twice_FailsWithTheReason()
    {
        var connecting = StartAsync(configure: Provide);
        await Server.RefuseWithAsync("401 Unauthorized", "");
        await Server.RefuseWithAsync("401 Unauthorized", """{"error":{"code":"AUTH_REQUIRED","message":"Sign in."}}""");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        Assert.Equal("AUTH_REQUIRED", ((ConnectionFailure)failure.Details!).Code);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task Reconnect_AfterARefusal_TheProviderIsToldUntilATicketIsAccepted()
    {
        var first = await ConnectAsync(configure: Provide);
        await first.CloseAsync(1008, "AUTH_EXPIRED");
        await RefuseNextAsync("403 Forbidden", "");
        var second = await AcceptNextAsync();
        await second.WelcomeAsync(topic: "recovered");
        await second.ExpectNothingAsync();
        await ReturnAsync(second);

        Assert.Equal([null, 1008, 403, null], _asked.Select(asked => asked.Refusal?.CloseCode ?? asked.Refusal?.Status));
        Assert.Equal("AUTH_EXPIRED", _asked[1].Refusal!.Code);
    }

    [Fact]
    public async Task Provider_Throws_FailsTheAttemptWithItsMessage()
    {
        var failure = await Assert.ThrowsAsync<HeliosException>(() => StartAsync(
            configure: options =>
                options.AccessTokenProvider = (_, _) => throw new InvalidOperationException("nobody is signed in")).InTime());

        Assert.Equal("CONNECTION_REJECTED", failure.Code);
        Assert.Contains("AccessTokenProvider failed: nobody is signed in", failure.Message, StringComparison.Ordinal);
        Assert.IsType<ConnectionFailure>(failure.Details);
    }

    [Fact]
    public async Task Provider_ThrowsWhileReconnecting_TheClientTriesAgain()
    {
        var isIll = false;
        var first = await ConnectAsync(
            configure: options => options.AccessTokenProvider = (_, _) => isIll ? throw new InvalidOperationException("ill") : new("t"));
        isIll = true;
        first.Cut();
        await Eventually.TrueAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(20));
            return Failures.Count > 1;
        });
        isIll = false;

        Assert.Contains("ill", Failures[1]!.Reason, StringComparison.Ordinal);
        await AcceptNextAsync();
    }

    [Fact]
    public async Task Provider_IgnoresItsToken_ConnectingIsCancelledAllTheSame()
    {
        using var cancellation = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        var connecting = StarlingClient.ConnectAsync(Server.Url, options => options.AccessTokenProvider = async (_, _) =>
        {
            asked.SetResult();
            return await new TaskCompletionSource<string?>().Task;
        }, cancellationToken: cancellation.Token);
        await asked.Task.InTime();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.InTime());
    }

    [Theory]
    [InlineData("SECRET\n", true)]
    [InlineData(" SECRET\r\n", true)]
    [InlineData("SECRET\nSECRET", false)]
    [InlineData("Bearer SECRET", false)]
    [InlineData("SECRET,é", false)]
    public async Task Secret_WithCharactersOfNoHeader_IsTrimmedOrRefused_NeverRepeated(string secret, bool isSent)
    {
        var logs = new CollectedLogs();
        _ticket = secret;
        var connecting = StartAsync(configure: options =>
        {
            Provide(options);
            options.LoggerFactory = logs;
        });
        if (isSent)
        {
            var connection = await Server.AcceptAsync();
            await connection.WelcomeAsync();
            await connecting.InTime();
            Assert.Equal("Bearer SECRET", connection.Authorization);
        }
        else
        {
            var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());
            Assert.Equal("CONNECTION_REJECTED", failure.Code);
            Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
        }
        Assert.DoesNotContain(logs.All, text => text.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RecoveryToken_WithALineBreakBehind_IsSentWithout()
    {
        var connecting = StartAsync(configure: options => options.Token = "SECRET\n");
        var connection = await Server.AcceptAsync();
        await connection.WelcomeAsync();
        await connecting.InTime();

        Assert.Equal(
            "helios-starling, helios.recover.SECRET",
            connection.Subprotocols.Replace(",", ", ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RecoveryToken_OfOtherCharacters_IsRefusedAndNotRepeated()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(
            () => StartAsync(configure: options => options.Token = "SECRET\nSECRET").InTime());

        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
    }

    // A server that repeats the ticket in its refusal.
    [Fact]
    public async Task Refusal_RepeatsTheTicket_TheClientDoesNot()
    {
        _ticket = "SECRET";
        var connecting = StartAsync(configure: Provide);
        await Server.RefuseWithAsync("403 Forbidden", """{"error":{"code":"AUTH_FAILED","message":"Not SECRET again."}}""");

        var failure = await Assert.ThrowsAsync<HeliosException>(() => connecting.InTime());

        Assert.EndsWith("(AUTH_FAILED): Not *** again.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.Ordinal);
    }

    private void Provide(StarlingClientOptions options) => options.AccessTokenProvider = (request, _) =>
    {
        _asked.Add(request);
        return new(_ticket);
    };
}

using HeliosStarling.Protocol;

namespace HeliosStarling.Recovery;

/// <summary>
/// Application code that runs before a connection is linked: its restrictions and its failures.
/// </summary>
public sealed class GreetingTests : RecoveryTest
{
    private readonly TaskCompletionSource<Exception> _thrown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("OnConnection")]
    [InlineData("starling:new")]
    [InlineData("UseConnection")]
    public async Task Request_WhileItsStarlingIsGreeted_ThrowsAtOnceAndSaysWhereToPutIt(string place)
    {
        if (place == "OnConnection") Helios.OnConnection(TryAskAsync);
        if (place == "starling:new") Helios.Events.On("starling:new", happened => TryAskAsync(happened.Starling));
        if (place == "UseConnection")
        {
            Helios.UseConnection(async (starling, next) =>
            {
                await TryAskAsync(starling);
                await next();
            });
        }

        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.Contains(
            "'starling:connected'",
            Assert.IsType<InvalidOperationException>(await _thrown.Task.InTime()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_InTheProviderOfAState_ThrowsAtOnceWhileItsStarlingIsNotLinked()
    {
        Helios.States.Register("asks", async starling =>
        {
            await TryAskAsync(starling);
            return 1;
        }, (_, _) => default);

        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.IsType<InvalidOperationException>(await _thrown.Task.InTime());
    }

    [Fact]
    public async Task Request_WhileAStateIsRestored_ThrowsAtOnce()
    {
        Helios.States.Register("asks", _ => new ValueTask<int>(1), async (starling, _) => await TryAskAsync(starling));
        var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        StarlingOf(client).Life.Forget();

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.IsType<InvalidOperationException>(await _thrown.Task.InTime());
    }

    [Fact]
    public async Task Request_BegunInTheGreetingAndMadeBehindIt_IsSent()
    {
        var linked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Helios.OnConnection(starling => _ = AskLaterAsync(starling));
        await using var client = await ResumeClient.ConnectAsync(Server);

        linked.SetResult();

        Assert.Equal("ui:ask", (await client.ReadAsync()).GetProperty("method").GetString());

        async Task AskLaterAsync(Starling starling)
        {
            await linked.Task;
            _ = starling.Request<int>("ui:ask");
        }
    }

    [Fact]
    public async Task Request_OfOtherCodeWhileTheStarlingIsGreeted_IsSentBehindTheWelcome()
    {
        var greeted = new TaskCompletionSource<Starling>(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Helios.OnConnection(async starling =>
        {
            greeted.SetResult(starling);
            await goOn.Task;
        });

        var connecting = ResumeClient.ConnectAsync(Server);
        var asked = (await greeted.Task.InTime()).Request<int>("ui:ask");
        goOn.SetResult();
        await using var client = await connecting;

        Assert.Equal(asked.Id, (await client.ReadAsync()).GetProperty("requestId").GetGuid());
    }

    [Fact]
    public async Task Request_InAHandlerOfStarlingConnected_IsSent()
    {
        Helios.Events.On("starling:connected", happened => { _ = happened.Starling.Request<int>("ui:ask"); });

        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.Equal("ui:ask", (await client.ReadAsync()).GetProperty("method").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?resume=1")]
    public async Task OnConnection_Throws_ConnectionIsClosedAndNoStarlingIsLeft(string query)
    {
        Helios.OnConnection(_ => throw new InvalidOperationException("A fault of the test."));

        await using var client = await Server.ConnectAsync(Wire.UpgradeRequest.Valid with { Target = "/helios" + query });

        await client.ExpectCloseAsync(CloseCode.ServerFault, "a handler of OnConnection failed: see the server's log");
        await Eventually.TrueAsync(() => Helios.Starlings.TotalCount == 0);
        Assert.Contains(Server.Log.Entries, entry => entry.Text.Contains("IgnoreConnectionHandlerFailures", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OnConnection_ThrowsForAStarlingThatIsMadeAgain_RecoveryCanBeTriedAgain()
    {
        var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        StarlingOf(client).Life.Forget();
        var failing = Helios.OnConnection(_ => throw new InvalidOperationException("A fault of the test."));
        await using (var refused = await Server.ConnectAsync(
            Wire.UpgradeRequest.Valid with { Target = $"/helios?recover={client.Token}&resume=1" }))
            await refused.ExpectCloseAsync(CloseCode.ServerFault, "a handler of OnConnection failed: see the server's log");
        failing.Dispose();

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal(("connection:recovered", client.Id), (back.Topic, back.Id));
    }

    [Fact]
    public async Task OnConnection_ThrowsAndFailuresAreIgnored_ClientIsServed()
    {
        Helios.Options.IgnoreConnectionHandlerFailures = true;
        Helios.OnConnection(_ => throw new InvalidOperationException("A fault of the test."));

        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.AskAsync("echo:echo", "\"hi\"");

        Assert.Equal("hi", (await client.ReadAsync()).GetProperty("data").GetString());
    }

    [Fact]
    public async Task OnRecovery_Throws_ConnectionIsClosedAndTheClientMayTryAgain()
    {
        var failing = Helios.OnRecovery(_ => throw new InvalidOperationException("A fault of the test."));
        var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await using (var refused = await client.ReturnAsync(Server, 0))
            await refused.Wire.ExpectCloseAsync(CloseCode.ServerFault, "a handler of OnRecovery failed: see the server's log");
        failing.Dispose();

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal(client.Id, back.Id);
    }

    [Fact]
    public async Task StarlingNew_HandlerThrows_HarmsNobody()
    {
        Helios.Events.On("starling:new", _ => throw new InvalidOperationException("A fault of the test."));

        await using var client = await ResumeClient.ConnectAsync(Server);

        Assert.Equal("connection:established", client.Topic);
    }

    private async ValueTask TryAskAsync(Starling starling)
    {
        try
        {
            await starling.Request<int>("ui:ask");
        }
        catch (Exception exception)
        {
            _thrown.TrySetResult(exception);
        }
    }
}

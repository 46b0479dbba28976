using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>Which attempt of which client instance is linked: docs/protocol.md section 7, rule 5.</summary>
public class Rule5InstanceTests : RecoveryTest
{
    [Fact]
    public async Task SameInstance_LowerAttempt_IsClosed4000_AndTouchesNothing()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=10");
        await using var late = await DialAsync(client, "&instance=i&attempt=9");

        await late.ExpectCloseAsync(4000, "superseded");

        await client.ExpectNothingAsync();
        await TellAsync(client, 1);
        Assert.Equal("n:n 1", await client.NextAsync());
    }

    [Fact]
    public async Task SameInstance_HigherAttempt_TakesOverAtOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=10");

        await using var next = await DialAsync(client, "&instance=i&attempt=11");

        Assert.Equal(ServerFrame.TextOpcode, (await next.ReadFrameAsync()).Opcode);
        await client.Wire.ExpectCloseAsync(4000, "superseded");
    }

    // Neither a clock nor the number of attempts counts for another instance.
    [Theory]
    [InlineData("")]
    [InlineData("&attempt=1")]
    [InlineData("&instance=i&attempt=10")]
    [InlineData("&instance=other&attempt=1")]
    public async Task OtherTry_GetsAPingFirst_AndTouchesNothingBeforeItsPong(string more)
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=10");
        await using var other = await DialAsync(client, more);

        var ping = await other.ReadFrameAsync();

        Assert.Equal(ServerFrame.PingOpcode, ping.Opcode);
        await TellAsync(client, 1);
        Assert.Equal("n:n 1", await client.NextAsync());
        await other.SendAsync(ClientFrame.Pong(), ClientFrame.Pong(1, 2, 3, 4, 5, 6, 7, 8));
        await client.ExpectNothingAsync();
        await other.SendAsync(ClientFrame.Pong(ping.Payload));
        Assert.Contains("connection:recovered", await other.ReadTextAsync(), StringComparison.Ordinal);
        await client.Wire.ExpectCloseAsync(4000, "superseded");
    }

    [Fact]
    public async Task OtherTry_WithoutPong_IsClosed4008After10Seconds_AndTouchesNothing()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1");
        await using var dead = await DialAsync(client, "&instance=dead&attempt=1");
        await dead.ReadFrameAsync();

        Server.Time.Advance(TimeSpan.FromSeconds(10));

        await dead.ExpectCloseAsync(4008, "no answer to a ping");
        Assert.True(StarlingOf(client).IsConnected);
    }

    [Fact]
    public async Task OtherTry_ClosedByItsClientBeforeThePong_LeavesNoUnobservedException()
    {
        var unobserved = 0;
        void Note(object? sender, UnobservedTaskExceptionEventArgs happened)
        {
            if (happened.Exception.InnerException is ObjectDisposedException) Interlocked.Increment(ref unobserved);
        }
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1");
            for (var i = 0; i < 5; i++)
            {
                await using var other = await DialAsync(client, $"&instance=other{i}&attempt=1");
                await other.ReadFrameAsync();
                await other.SendAsync(ClientFrame.Close(1000));
                await other.ReadFrameAsync();
            }
            await Eventually.TrueAsync(() => Helios.Connections.Count == 1);
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Equal(0, unobserved);
    }

    [Fact]
    public async Task OtherTry_ClosedByItsClientBeforeThePong_EndsAtOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1");
        await using var other = await DialAsync(client, "&instance=other&attempt=1");
        await other.ReadFrameAsync();

        await other.SendAsync(ClientFrame.Close(1000));

        Assert.Equal(ServerFrame.CloseOpcode, (await other.ReadFrameAsync()).Opcode);
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task ClientWithoutResume_WhatItSendsBeforeItsPong_IsHandledInOrder()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1");
        await client.CutAsync(Server);
        await using var plain = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}"));
        await plain.SendTextAsync("a");
        await plain.SendTextAsync("b");
        var ping = await plain.ReadFrameAsync();

        await plain.SendAsync(ClientFrame.Pong(ping.Payload), ClientFrame.Text("c"));

        await TakenAsync(3);
        Assert.Equal(["a", "b", "c"], TakenSoFar());
    }

    [Fact]
    public async Task ReplacedInstance_IsClosed4000_ConnectedOrNot()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=first&attempt=1");
        await using var second = await client.ReturnAsync(Server, 0, "&instance=second&attempt=1");
        await second.CutAsync(Server);

        await using var late = await DialAsync(client, "&instance=first&attempt=99");

        await late.ExpectCloseAsync(4000, "superseded");
        await using var back = await second.ReturnAsync(Server, 0, "&instance=second&attempt=2");
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task ReplacedInstances_TheLast16AreKnown()
    {
        var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i0&attempt=1");
        for (var i = 1; i <= 17; i++)
        {
            await client.CutAsync(Server);
            client = await client.ReturnAsync(Server, 0, $"&instance=i{i}&attempt=1");
        }

        await using var known = await DialAsync(client, "&instance=i1&attempt=2");
        await known.ExpectCloseAsync(4000, "superseded");

        await using var forgotten = await DialAsync(client, "&instance=i0&attempt=2");
        Assert.Equal(ServerFrame.PingOpcode, (await forgotten.ReadFrameAsync()).Opcode);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task TwoOtherTries_TheLastToAnswerWins()
    {
        await using var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1");
        await using var early = await DialAsync(client, "&instance=early&attempt=1");
        await using var late = await DialAsync(client, "&instance=late&attempt=1");
        var (ofEarly, ofLate) = (await early.ReadFrameAsync(), await late.ReadFrameAsync());

        await late.SendAsync(ClientFrame.Pong(ofLate.Payload));
        await late.ReadTextAsync();
        await early.SendAsync(ClientFrame.Pong(ofEarly.Payload));

        Assert.Contains("connection:recovered", await early.ReadTextAsync(), StringComparison.Ordinal);
        await late.ExpectCloseAsync(4000, "superseded");
    }

    [Fact]
    public async Task StarlingThatIsNotHeld_NeedsNoPing()
    {
        var (id, token) = (Guid.NewGuid().ToString(), "");
        await using (var client = await ResumeClient.ConnectAsync(Server, "resume=1&instance=i&attempt=1"))
        {
            (id, token) = (client.Id, client.Token);
            await client.CutAsync(Server);
        }
        Helios.Starlings.GetById(id)!.Life.Expire();

        await using var back = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={token}&resume=1&instance=j&attempt=1"));

        Assert.Contains(id, await back.ReadTextAsync(), StringComparison.Ordinal);
    }

    private Task<WireClient> DialAsync(ResumeClient client, string more) =>
        Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}&resume=1&epoch={client.Epoch}&received=0{more}"));
}

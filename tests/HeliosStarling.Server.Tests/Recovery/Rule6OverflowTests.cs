using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>docs/protocol.md section 7, rule 6.</summary>
public class Rule6OverflowTests : RecoveryTest
{
    private OutboxPolicy _policy = OutboxPolicy.DropOldest;

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        options.OutboxPolicy = _policy;
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(65, 1)]
    [InlineData(100, 36)]
    [InlineData(200, 136)]
    public async Task WhileAway_MissedIsExact(int count, int missed)
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await TellAsync(client, [.. Enumerable.Range(1, count)]);

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal((missed, missed == 0), (back.Data.GetProperty("missed").GetInt64(), back.Data.GetProperty("resumed").GetBoolean()));
        if (missed > 0) Assert.Equal($$"""connection:missed {"missed":{{missed}}}""", await back.NextAsync());
        Assert.Equal(Enumerable.Range(missed + 1, count - missed).Select(number => $"n:n {number}"), await back.NextAsync(count - missed));
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task Missed_CountsAsManyMessages_AndIsMadeAgainInEachReplay()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await TellAsync(client, [.. Enumerable.Range(1, 100)]);
        await using var second = await client.ReturnAsync(Server, 0);
        await second.NextAsync();
        await second.CutAsync(Server);

        // The client counted nothing the first time, then the gap of 36 and one message.
        await using var third = await client.ReturnAsync(Server, 0);
        Assert.Equal(["""connection:missed {"missed":36}""", "n:n 37"], await third.NextAsync(2));
        await third.CutAsync(Server);
        await using var fourth = await client.ReturnAsync(Server, 37);

        Assert.Equal(0, fourth.Data.GetProperty("missed").GetInt64());
        Assert.Equal("n:n 38", await fourth.NextAsync());
    }

    [Fact]
    public async Task Live_ClientThatDoesNotAcknowledge_LosesNothingUntilItIsCut()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        for (var i = 1; i <= 100; i++)
        {
            await Helios.Starlings.BroadcastAsync("n:n", i);
            Assert.Equal($"n:n {i}", await client.NextAsync());
        }
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 10);

        Assert.Equal(26, back.Data.GetProperty("missed").GetInt64());
        Assert.Equal(["""connection:missed {"missed":26}""", "n:n 37"], await back.NextAsync(2));
    }

    [Fact]
    public async Task Live_DropNewest_TheGapIsReportedInItsPlace()
    {
        await ReplaceServerAsync(OutboxPolicy.DropNewest);
        await using var client = await ResumeClient.ConnectAsync(Server);
        for (var i = 1; i <= 70; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        Assert.Equal(Enumerable.Range(1, 64).Select(number => $"n:n {number}"), await client.NextAsync(64));
        var reported = 0L;
        while (reported < 6)
            reported += (await client.ReadAsync()).GetProperty("notification").GetProperty("data").GetProperty("missed").GetInt64();
        Assert.Equal(6, reported);
        await client.AckAsync("70");
        await client.ExpectNothingAsync();
        await Helios.Starlings.BroadcastAsync("n:n", 71);
        Assert.Equal("n:n 71", await client.NextAsync());
    }

    [Fact]
    public async Task Disconnect_NobodyConnected_DropsTheOldest()
    {
        await ReplaceServerAsync(OutboxPolicy.Disconnect);
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        for (var i = 1; i <= 65; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal(["""connection:missed {"missed":1}""", "n:n 2"], await back.NextAsync(2));
    }

    [Fact]
    public async Task Disconnect_Connected_Closes4003_AndTheStarlingStays()
    {
        await ReplaceServerAsync(OutboxPolicy.Disconnect);
        await using var client = await ResumeClient.ConnectAsync(Server);
        for (var i = 1; i <= 65; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        while ((await client.Wire.ReadFrameAsync()) is { Opcode: not ServerFrame.CloseOpcode })
        {
        }
        await client.CutAsync(Server);
        await using var back = await client.ReturnAsync(Server, 1);
        Assert.Equal((client.Id, client.Epoch), (back.Id, back.Epoch));
    }

    [Fact]
    public async Task Answers_PastTheBytes_AreReplacedInTheirPlaces()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        var gate = new TaskCompletionSource();
        Helios.Method("big:answer", async (int size, RequestContext _) =>
        {
            await gate.Task;
            return new string('x', size);
        });
        for (var i = 1; i <= 4; i++) await client.AskAsync("big:answer", "500000", ClientMessage.IdOf(i));
        await client.ExpectNothingAsync();
        await client.CutAsync(Server);
        gate.SetResult();
        await Eventually.TrueAsync(() => StarlingOf(client).Session.Outbox.Count == 4);

        await using var back = await client.ReturnAsync(Server, 0);

        var answers = await back.NextAsync(4);
        Assert.Equal(0, back.Data.GetProperty("missed").GetInt64());
        Assert.Equal(4, answers.Select(answer => answer.Split(' ')[1]).Distinct().Count());
        Assert.Equal(1, answers.Count(answer => answer.EndsWith("STATE_RECOVERY_FAILED", StringComparison.Ordinal)));
        Assert.Equal(3, answers.Count(answer => answer.Length > 500_000));
    }

    [Fact]
    public async Task Answers_FillTheWindow_TheStarlingIsGivenUp()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        for (var i = 1; i <= 65; i++) await client.AskAsync("echo:echo", "\"a\"", ClientMessage.IdOf(i));

        ServerFrame frame;
        while ((frame = await client.Wire.ReadFrameAsync()).Opcode != ServerFrame.CloseOpcode)
        {
        }
        Assert.Equal(4003, frame.CloseCode);
        await client.CutAsync(Server);
        await Eventually.TrueAsync(() => Helios.Starlings.TotalCount == 0);

        // As after an expiry: its token restores it.
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal((client.Id, false), (back.Id, back.Data.GetProperty("resumed").GetBoolean()));
    }

    [Fact]
    public async Task ServerRequest_Dropped_FailsAtOnce()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        var request = StarlingOf(client).Request<string>("ui:ask");

        for (var i = 0; i < 64; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        Assert.Equal("REQUEST_QUEUE_FULL", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(["""connection:missed {"missed":1}""", "n:n 0"], await back.NextAsync(2));
    }

    [Fact]
    public async Task WithoutResume_DropsAreOnlyCounted()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await using var plain = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}");
        await plain.CutAsync(Server);
        for (var i = 1; i <= 66; i++) await Helios.Starlings.BroadcastAsync("n:n", i);

        await using var back = await ResumeClient.ConnectAsync(Server, $"recover={client.Token}");

        Assert.Equal("n:n 3", await back.NextAsync());
    }

    private async Task ReplaceServerAsync(OutboxPolicy policy)
    {
        await Server.DisposeAsync();
        _policy = policy;
        await InitializeAsync();
    }
}

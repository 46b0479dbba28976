using System.Security.Claims;
using HeliosStarling.Framing;
using HeliosStarling.Wire;

namespace HeliosStarling.Recovery;

/// <summary>
/// When anything fails or hangs while a connection is admitted, nothing leaks, and the same starling can be recovered.
/// </summary>
public class AdmissionFaultTests : RecoveryTest
{
    private const string Key = "a key of the tests, thirty-two bytes long";

    private readonly FaultyStore _store = new();
    private FaultyTime? _time;
    private Func<ClaimsPrincipal>? _user;

    // The action of the application's code at the place of this name, while it is set.
    private string? _faultyPlace;
    private Func<ValueTask>? _fault;

    // new, resumed, held, held (no resume), restored, strict
    public static TheoryData<string> Ways => ["new", "new resume", "held", "held resume", "remade", "remade resume", "remade strict"];

    public static TheoryData<string, string> FaultsOnWays
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var place in (string[])[
                "get", "set", "remove", "UseUpgrade", "UseConnection", "starling:new", "OnConnection", "starling:connected", "OnRecovery",
                "save", "restore",
            ])
            {
                foreach (var way in Ways) all.Add(place, way.Data);
            }
            return all;
        }
    }

    private FaultyTime Clock => _time!;

    private protected override void Configure(HeliosOptions options)
    {
        base.Configure(options);
        (options.StateStore, options.StateTokenTtl) = (_store, TimeSpan.FromHours(24));
        options.TimeProvider = _time = new FaultyTime(options.TimeProvider);
        _store.Fault = MeetAsync;
    }

    private protected override void Register(Helios helios)
    {
        base.Register(helios);
        helios.UseUpgrade(async (context, next) =>
        {
            await MeetAsync("UseUpgrade");
            if (_user is { } user) context.User = user();
            await next();
        });
        helios.UseConnection(async (_, next) =>
        {
            await MeetAsync("UseConnection");
            await next();
        });
        helios.Events.On("starling:new", _ => MeetAsync("starling:new"));
        helios.Events.On("starling:connected", _ => MeetAsync("starling:connected"));
        helios.OnConnection(_ => MeetAsync("OnConnection"));
        helios.OnRecovery(_ => MeetAsync("OnRecovery"));
        // Too large for a token, so that the store is used.
        helios.States.Register("large", async _ =>
        {
            await MeetAsync("save");
            return new string('x', 5000);
        }, async (_, _) => await MeetAsync("restore"), new StateOptions<string> { Required = true });
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task ClockFailsAtEachStep_NothingLeaks_StarlingCanBeRecovered(string way)
    {
        var steps = 0;
        for (var hasFailed = true; hasFailed; steps++)
        {
            await using var client = await PrepareAsync(way);
            Clock.Arm(steps + 1);
            await TryAsync(QueryOf(way, client));
            Clock.Disarm();
            hasFailed = Clock.HasFailed;
            await ExpectRecoveryAsync(client);
            await ExpectNothingLeftAsync();
        }
        Assert.InRange(steps, 4, 100);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task UserFailsAtEachStep_NothingLeaks_StarlingCanBeRecovered(string way)
    {
        var steps = 0;
        for (var hasFailed = true; hasFailed; steps++)
        {
            _user = () => new FaultyUser(0);
            await using var client = await PrepareAsync(way);
            var user = new FaultyUser(steps + 1);
            _user = () => user;
            await TryAsync(QueryOf(way, client));
            hasFailed = user.HasFailed;
            _user = () => new FaultyUser(0);
            await ExpectRecoveryAsync(client);
            await ExpectNothingLeftAsync();
        }
        Assert.InRange(steps, 2, 100);
    }

    [Theory]
    [MemberData(nameof(FaultsOnWays))]
    public async Task ApplicationOrStoreFails_NothingLeaks_StarlingCanBeRecovered(string place, string way)
    {
        await using var client = await PrepareAsync(way);
        Break(place, () => throw new InvalidOperationException("A fault of the test."));
        await TryAsync(QueryOf(way, client));

        Mend();

        await ExpectRecoveryAsync(client);
        await ExpectNothingLeftAsync();
    }

    [Theory]
    [InlineData("get", "held resume")]
    [InlineData("get", "remade resume")]
    [InlineData("set", "new resume")]
    [InlineData("UseConnection", "new")]
    [InlineData("UseConnection", "remade resume")]
    [InlineData("starling:new", "new resume")]
    [InlineData("OnConnection", "new")]
    [InlineData("OnConnection", "new resume")]
    [InlineData("OnConnection", "remade resume")]
    [InlineData("save", "new resume")]
    [InlineData("restore", "remade resume")]
    public async Task ApplicationOrStoreHangs_ConnectionIsAnsweredInTime_NothingLeaks(string place, string way)
    {
        await using var client = await PrepareAsync(way);
        var (hanging, met) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Break(place, () =>
        {
            met.TrySetResult();
            return new ValueTask(hanging.Task);
        });

        var trying = TryAsync(QueryOf(way, client));
        await met.Task.InTime();
        await Eventually.TrueAsync(() =>
        {
            // Each step has its own time limit, one after another.
            if (!trying.IsCompleted) Server.Time.Advance(TimeSpan.FromHours(1));
            return trying.IsCompleted;
        });
        await trying;
        Mend();

        await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        await ExpectNothingLeftAsync();
        hanging.SetResult();
        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task UserWithALongIdentifier_GetsAWelcome_AndRecovers()
    {
        _user = () => new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, new string('x', 2600))], "test"));
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);

        await using var back = await client.ReturnAsync(Server, 0);

        Assert.Equal(("connection:recovered", client.Id), (back.Topic, back.Id));
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("253402300800000")]
    [InlineData("1e400")]
    [InlineData("\"x\"")]
    public async Task TokenWithATimeOutOfRange_Recovers_AndDoesSoAgain(string time)
    {
        var token = WriteToken($$"""{"info":{"createdAt":{{time}}},"connection":{"lastConnected":{{time}}},"large":"x"}""");

        for (var i = 0; i < 2; i++)
        {
            await using (var back = await ResumeClient.ConnectAsync(Server, $"recover={token}&resume=1"))
            {
                Assert.Equal(("connection:recovered", "foreign"), (back.Topic, back.Id));
                await back.CutAsync(Server);
            }
            Server.Time.Advance(TimeSpan.FromMinutes(6));
        }
        await ExpectNothingLeftAsync();
    }

    [Theory]
    [InlineData("starlingId")]
    [InlineData("sub")]
    [InlineData("statesRef")]
    public async Task TokenWithATextThatIsNoUnicode_IsInvalid(string claim)
    {
        var now = Server.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = Write($$"""{"starlingId":"foreign","timestamp":{{now}}000,"iat":{{now}},"exp":{{now + 3600}},"states":{},"{{claim}}":"\ud83e"}""".Replace(claim == "starlingId" ? "\"starlingId\":\"foreign\"," : "no such text", "", StringComparison.Ordinal));

        await using var wire = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={token}&strict=1"));

        await wire.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");
    }

    [Fact]
    public async Task OneOfTwoRecoveriesFails_TheOtherSucceeds()
    {
        var (bad, good) = (new FaultyUser(0), new FaultyUser(0));
        _user = () => good;
        await using var client = await PrepareAsync("remade resume");
        var (first, isMet) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Break("restore", async () =>
        {
            if (!isMet.TrySetResult()) return;
            await first.Task;
            bad.IsBroken = true;
        });
        _user = () => bad;
        var failing = TryAsync(QueryOf("remade resume", client));
        await isMet.Task.InTime();
        _user = () => good;
        var reads = _store.Reads;
        var waiting = client.ReturnAsync(Server, 0);
        // The operations of the store in the admission. The other connection then waits for the starling.
        await Eventually.TrueAsync(() => _store.Reads == reads + 2);

        first.SetResult();

        await failing;
        await using var back = await waiting;
        Assert.Equal(("connection:recovered", client.Id), (back.Topic, back.Id));
        Assert.True(bad.HasFailed);
        Assert.Same(StarlingOf(back), Assert.Single(Helios.Starlings.Filter(_ => true)));
    }

    [Fact]
    public async Task ClosedForGood_ItsStatesLeaveTheStore()
    {
        await using var client = await ResumeClient.ConnectAsync(Server);
        Assert.Contains($"states:{client.Id}", _store.Keys);

        await StarlingOf(client).CloseAsync();

        Assert.Equal([$"closed:{client.Id}"], _store.Keys);
    }

    [Fact]
    public async Task ClosedForGoodDuringItsGreeting_ItsTokenIsInvalid_AndNoStatesAreKept()
    {
        Helios.OnConnection(async starling => await starling.CloseAsync());
        await using var client = await ResumeClient.ConnectAsync(Server);
        await client.Wire.ExpectCloseAsync(4002);

        Assert.Equal([$"closed:{client.Id}"], _store.Keys);
        await using var back = await Server.ConnectAsync(new UpgradeRequest($"/helios?recover={client.Token}&strict=1"));
        await back.ExpectCloseAsync(4001, "STATE_TOKEN_INVALID");
    }

    private void Break(string place, Func<ValueTask> fault) => (_faultyPlace, _fault) = (place, fault);

    private void Mend() => (_faultyPlace, _fault) = (null, null);

    private ValueTask MeetAsync(string place) => _faultyPlace == place && _fault is { } fault ? fault() : default;

    /// <summary>A client that has disconnected. Depending on the case it is not held any more.</summary>
    private async Task<ResumeClient> PrepareAsync(string way)
    {
        var client = await ResumeClient.ConnectAsync(Server);
        await client.CutAsync(Server);
        await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        if (way.StartsWith("held", StringComparison.Ordinal)) return client;
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(0, Helios.Starlings.TotalCount);
        return client;
    }

    private static string QueryOf(string way, ResumeClient client)
    {
        var recover = way.StartsWith("new", StringComparison.Ordinal) ? "" : $"recover={client.Token}&";
        var resume = way.EndsWith("resume", StringComparison.Ordinal) ? $"resume=1&epoch={client.Epoch}&received=0&" : "";
        return recover + resume + (way.EndsWith("strict", StringComparison.Ordinal) ? "strict=1" : "");
    }

    /// <summary>Connects, sends a message, answers a ping, waits for the first message or the end, and disconnects.</summary>
    private async Task TryAsync(string query)
    {
        await using var stream = await Server.OpenAsync();
        var ping = ClientMessage.Of($"""
            "type":"ping","messageId":"{ClientMessage.Id}"
            """);
        await stream.WriteAsync((byte[])[.. new UpgradeRequest($"/helios?{query}").ToBytes(Server.Host), .. ClientFrame.Text(ping)
            .ToBytes()]).AsTask().InTime();
        var input = new ByteReader(stream);
        try
        {
            await input.TakeHeadAsync();
            var first = await input.TakeAsync(2);
            if ((first[0] & 0x0F) != ServerFrame.PingOpcode) return;
            await stream.WriteAsync(ClientFrame.Pong(await input.TakeAsync(first[1])).ToBytes()).AsTask().InTime();
            await input.TakeAsync(2);
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException)
        {
            // The server has closed.
        }
    }

    private async Task ExpectRecoveryAsync(ResumeClient client)
    {
        await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        await using var back = await client.ReturnAsync(Server, 0);
        Assert.Equal(("connection:recovered", client.Id), (back.Topic, back.Id));
        await back.CutAsync(Server);
    }

    private async Task ExpectNothingLeftAsync()
    {
        await Eventually.TrueAsync(() => Helios.Connections.Count == 0);
        Assert.Equal(0, Helios.Starlings.ConnectedCount);
        Assert.Empty(Helios.Connections.Unlinked);
        Assert.Equal(Helios.Starlings.TotalCount, Helios.Node.Held.Count);
        Server.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal((0, 0), (Helios.Starlings.TotalCount, Helios.Node.Held.Count));
        // Disconnection handlers may still run.
        await Eventually.TrueAsync(() => Helios.Engine.Buffers.Rented == 0);
        Assert.Equal(Helios.Options.StateGenerationConcurrency, Helios.States.Snapshots.CurrentCount);
    }

    private string WriteToken(string states)
    {
        var now = Server.Time.GetUtcNow().ToUnixTimeSeconds();
        return Write($$"""{"starlingId":"foreign","timestamp":{{now}}000,"iat":{{now}},"exp":{{now + 3600}},"states":{{states}}}""");
    }

    private static string Write(string claims) => new TokenCodec([new TokenKey(Key)], isEncrypted: true).Write(claims);
}

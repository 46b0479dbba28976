using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

/// <summary>A handler that takes the payload alone and returns its answer is called without a request being made of the message: nobody may see a difference.</summary>
public sealed class FunctionTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly MockStarling _mock;

    public FunctionTests() => _mock = new MockStarling(_server);

    public static TheoryData<string> Payloads => new("{\"text\":\"hi\"}", "{\"text\":\"app\"}", "{\"text\":\"details\"}", "{\"text\":\"boom\"}", "{\"text\":\"cancelled\"}", "{\"text\":\"unwritable\"}", "{\"text\":null}", "{\"text\":5}", "[]", "null", "{}");

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public async Task Function_AnyPayload_AnswersAsAnyHandlerDoes(string payload)
    {
        var json = JsonDocument.Parse(payload).RootElement;
        _server.Method("as:function", (Note note) => Handle(note));
        _server.Method("as:request", (Note note, RequestContext _) => Handle(note));
        Assert.NotNull(FunctionOf("as:function"));
        Assert.Null(FunctionOf("as:request"));

        Assert.Equal(await OutcomeAsync("as:request", json), await OutcomeAsync("as:function", json));
    }

    [Fact]
    public async Task Function_OfAnyDelegateType_IsOne()
    {
        _server.Method("as:function", Twice);
        _server.Method("as:optional", (int number = 4) => number * 2);
        Assert.NotNull(FunctionOf("as:function"));
        Assert.NotNull(FunctionOf("as:optional"));

        Assert.Equal(6, (await _mock.RequestAsync<int>("as:function", 3).InTime()).Data);
        Assert.Equal(10, (await _mock.RequestAsync<int>("as:optional", 5).InTime()).Data);
        Assert.Equal(8, (await _mock.RequestAsync<int>("as:optional").InTime()).Data);
    }

    [Fact]
    public void Method_MayTakeItsTimeOrNeedsItsRequest_IsNoFunction()
    {
        _server.Method("no:task", (Note _) => Task.FromResult(1));
        _server.Method("no:value_task", (Note _) => new ValueTask<int>(1));
        _server.Method("no:answer", (Note _) => { });
        _server.Method("no:stream", (Note _) => AsyncEnumerable.Empty<int>());
        _server.Method("no:payload", () => 1);
        _server.Method("no:starling", (Starling starling) => starling.Id);
        _server.Method("no:token", (Note _, CancellationToken _) => 1);
        _server.Method("no:rules", (Ruled _) => 1);

        Assert.All(_server.Methods.Names.Where(name => name.StartsWith("no:", StringComparison.Ordinal)), name => Assert.Null(FunctionOf(name)));
    }

    [Fact]
    public async Task Function_FilterOrValidatorComesLater_TakesPart()
    {
        var seen = new List<string>();
        var method = _server.Method("as:function", (Note note) => note.Text);
        Assert.Equal("hi", await CallAsync());

        method.Validate((Note note) => note.Text == "bad" ? [new ValidationError("$.text", "Bad.")] : []);
        Assert.Equal("VALIDATION_ERROR", (await Assert.ThrowsAsync<HeliosException>(() => CallAsync("bad"))).Code);
        _server.Use((RequestContext context, Func<ValueTask> next) =>
        {
            seen.Add(context.Method);
            return next();
        });

        Assert.Equal("hi", await CallAsync());
        Assert.Equal(["as:function"], seen);
    }

    [Fact]
    public async Task Function_SomebodyMeasures_IsMeasured()
    {
        _server.Method("as:function", (Note note) => note.Text);
        var measured = new List<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == _server.Engine.Metrics.Meter && instrument.Name == "rpc.server.call.duration") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags) if (tag.Key == "rpc.method") measured.Add((string?)tag.Value);
        });
        listener.Start();

        await CallAsync();

        Assert.Equal(["as:function"], measured);
    }

    [Fact]
    public async Task Function_TellsItsCallerSomething_ComesBeforeItsAnswer()
    {
        _server.Method("as:function", (Note note) => _mock.Starling.NotifyAsync("said:it", note.Text).AsTask().IsCompleted);

        Assert.True((await _mock.RequestAsync<bool>("as:function", new { Text = "hi" }).InTime()).Data);

        Assert.Equal("hi", Assert.Single(_mock.Notifications, notification => notification.Topic == "said:it").Read<string>());
    }

    [Fact]
    public async Task Function_TakenAwayAndRegisteredAnew_TheNewOneAnswers()
    {
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            var method = _server.Method("as:function", (Note _) => number);
            Assert.Equal(number, (await _mock.RequestAsync<int>("as:function", new { Text = "hi" }).InTime()).Data);
            if (i == 0) method.Unregister();
            else _server.Unregister("as:function");
            Assert.Equal("METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(() => CallAsync())).Code);
        }
    }

    private static int Twice(int number) => number * 2;

    private static object Handle(Note note) => note.Text switch
    {
        "app" => throw new HeliosException("APP_NO", "no"),
        "details" => throw new HeliosException("APP_NO", "no", new { Why = 1 }),
        "cancelled" => throw new OperationCanceledException(),
        "boom" => throw new InvalidOperationException("boom"),
        "unwritable" => new Unwritable(),
        _ => note.Text + "!",
    };

    private RequestFunction? FunctionOf(string name) => _server.Methods.TryGet(System.Text.Encoding.UTF8.GetBytes(name), out var entry) ? entry.Function : throw new ArgumentException(name);

    private async Task<string> CallAsync(string text = "hi") => (await _mock.RequestAsync<string>("as:function", new { Text = text }).InTime()).Data!;

    private async Task<string> OutcomeAsync(string method, JsonElement payload)
    {
        try
        {
            return (await _mock.RequestAsync<JsonElement>(method, payload).InTime()).Data.GetRawText();
        }
        catch (HeliosException failure)
        {
            return $"{failure.Code} {failure.Message} {JsonSerializer.Serialize(failure.Details)}";
        }
    }

    private sealed record Note(string Text);

    private sealed record Ruled([property: Range(1, 2)] int Number);

    private sealed record Unwritable([property: System.Text.Json.Serialization.JsonIgnore] string Reason = "unwritable")
    {
        public string Text => throw new InvalidOperationException(Reason);
    }
}

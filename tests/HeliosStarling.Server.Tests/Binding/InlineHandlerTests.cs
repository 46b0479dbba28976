using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using System.Text.Json;
using HeliosStarling.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

/// <summary>
/// A handler that takes only its payload runs without a request object until it waits. Clients must see no difference.
/// </summary>
public sealed class InlineHandlerTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly MockStarling _mock;

    public InlineHandlerTests() => _mock = new MockStarling(_server);

    public static TheoryData<string> PayloadJson => new(
        "{\"text\":\"hi\"}",
        "{\"text\":\"app\"}",
        "{\"text\":\"details\"}",
        "{\"text\":\"boom\"}",
        "{\"text\":\"cancelled\"}",
        "{\"text\":\"unwritable\"}",
        "{\"text\":null}",
        "{\"text\":5}",
        "[]",
        "null",
        "{}");

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(PayloadJson))]
    public async Task Inline_AnyPayload_AnswersAsAnyHandlerDoes(string payload)
    {
        var json = JsonDocument.Parse(payload).RootElement;
        _server.Method("as:inline", (Note note) => Handle(note));
        _server.Method("as:request", (Note note, RequestContext _) => Handle(note));
        Assert.NotNull(InlineOf("as:inline"));
        Assert.Null(InlineOf("as:request"));

        Assert.Equal(await OutcomeAsync("as:request", json), await OutcomeAsync("as:inline", json));
    }

    [Fact]
    public async Task Inline_AnyShape_AnswersAtOnceAndLater()
    {
        var gate = new TaskCompletionSource();
        var notes = new List<string>();
        _server.Method("on:value", (Note note) => note.Text);
        _server.Method("on:task", async Task<string> (Note note) =>
        {
            if (note.Text == "later") await gate.Task;
            return note.Text;
        });
        _server.Method("on:value_task", async ValueTask<string> (Note note) =>
        {
            if (note.Text == "later") await gate.Task;
            return note.Text;
        });
        _server.Method("on:action", (Note note) => notes.Add(note.Text));
        _server.Method("on:plain_task", async Task (Note note) =>
        {
            if (note.Text == "later") await gate.Task;
        });
        _server.Method("on:plain_value_task", async ValueTask (Note note) =>
        {
            if (note.Text == "later") await gate.Task;
        });
        _server.Method("on:group", LaterAsync);
        string[] waiting = ["on:task", "on:value_task", "on:plain_task", "on:plain_value_task", "on:group"];
        Assert.All(waiting, name => Assert.NotNull(InlineOf(name)));

        foreach (var name in (string[])["on:value", "on:task", "on:value_task", "on:group"])
            Assert.Equal("hi", (await _mock.RequestAsync<string>(name, new { Text = "hi" }).InTime()).Data);
        foreach (var name in (string[])["on:action", "on:plain_task", "on:plain_value_task"])
            Assert.Null((await _mock.RequestAsync<string?>(name, new { Text = "hi" }).InTime()).Data);
        var later = waiting.Select(name => _mock.RequestAsync<string?>(name, new { Text = "later" })).ToList();
        await Eventually.TrueAsync(() => _mock.Starling.Session.Inbound.Count == waiting.Length);
        gate.SetResult();

        Assert.Equal(["later", "later", null, null, "later"], (await Task.WhenAll(later).InTime()).Select(answer => answer.Data));
        Assert.Equal("hi", Assert.Single(notes));
        Assert.Equal(0, _mock.Starling.Session.Inbound.Count);

        async Task<string> LaterAsync(Note note)
        {
            if (note.Text == "later") await gate.Task;
            return note.Text;
        }
    }

    [Fact]
    public async Task Inline_TypeArgumentsAreGiven_NeedsNoReflection()
    {
        _server.Method<Note, string>("typed:value", note => note.Text);
        _server.Method<Note, string>("typed:task", async note => await Task.FromResult(note.Text));
        _server.Method<Note>("typed:action", note => { });
        Assert.All(
            _server.Methods.Names.Where(name => name.StartsWith("typed:", StringComparison.Ordinal)),
            name => Assert.NotNull(InlineOf(name)));

        Assert.Equal("hi", (await _mock.RequestAsync<string>("typed:value", new { Text = "hi" }).InTime()).Data);
        Assert.Equal("hi", (await _mock.RequestAsync<string>("typed:task", new { Text = "hi" }).InTime()).Data);
        Assert.Null((await _mock.RequestAsync<string?>("typed:action", new { Text = "hi" }).InTime()).Data);
    }

    [Fact]
    public async Task Inline_GoesOn_CanBeCancelledAndTimedOutAsAnyRequest()
    {
        var gate = new TaskCompletionSource();
        _server.Method("on:task", async (Note note) =>
        {
            await gate.Task;
            return note.Text;
        }, new MethodOptions { Timeout = TimeSpan.FromMilliseconds(50) });

        Assert.Equal(
            "REQUEST_TIMEOUT",
            (await Assert.ThrowsAsync<HeliosException>(() => _mock.RequestAsync<string>("on:task", new { Text = "hi" }).InTime())).Code);

        gate.SetResult();
        Assert.Equal(0, _mock.Starling.Session.Inbound.Count);
    }

    [Fact]
    public async Task Inline_ParameterIsAService_IsGivenIt()
    {
        var services = new ServiceCollection()
            .AddSingleton(new Greeter("hello"))
            .AddKeyedSingleton("kind", new Stamp("kept"))
            .BuildServiceProvider();
        await using var server = new Helios(new HeliosOptions(), services);
        await using var mock = new MockStarling(server);
        server.Method("given:service", (Greeter greeter) => greeter.Word);
        server.Method("given:keyed", ([FromKeyedServices("kind")] Stamp stamp) => stamp.Word);
        server.Method("given:context", (RequestContext context) => context.Method);

        Assert.Equal("hello", (await mock.RequestAsync<string>("given:service").InTime()).Data);
        Assert.Equal("kept", (await mock.RequestAsync<string>("given:keyed").InTime()).Data);
        Assert.Equal("given:context", (await mock.RequestAsync<string>("given:context").InTime()).Data);
    }

    [Fact]
    public async Task Inline_OfAnyDelegateType_IsOne()
    {
        _server.Method("as:inline", Twice);
        _server.Method("as:optional", (int number = 4) => number * 2);
        Assert.NotNull(InlineOf("as:inline"));
        Assert.NotNull(InlineOf("as:optional"));

        Assert.Equal(6, (await _mock.RequestAsync<int>("as:inline", 3).InTime()).Data);
        Assert.Equal(10, (await _mock.RequestAsync<int>("as:optional", 5).InTime()).Data);
        Assert.Equal(8, (await _mock.RequestAsync<int>("as:optional").InTime()).Data);
    }

    [Fact]
    public void Method_NeedsItsRequest_IsNotInline()
    {
        _server.Method("no:stream", (Note _) => AsyncEnumerable.Empty<int>());
        _server.Method("no:payload", () => 1);
        _server.Method("no:starling", (Starling starling) => starling.Id);
        _server.Method("no:token", (Note _, CancellationToken _) => 1);
        _server.Method("no:rules", (Ruled _) => 1);

        Assert.All(
            _server.Methods.Names.Where(name => name.StartsWith("no:", StringComparison.Ordinal)), name => Assert.Null(InlineOf(name)));
    }

    [Fact]
    public async Task Inline_FilterOrValidatorComesLater_TakesPart()
    {
        var seen = new List<string>();
        var method = _server.Method("as:inline", (Note note) => note.Text);
        Assert.Equal("hi", await CallAsync());

        method.Validate((Note note) => note.Text == "bad" ? [new ValidationError("$.text", "Bad.")] : []);
        Assert.Equal("VALIDATION_ERROR", (await Assert.ThrowsAsync<HeliosException>(() => CallAsync("bad"))).Code);
        _server.Use((RequestContext context, Func<ValueTask> next) =>
        {
            seen.Add(context.Method);
            return next();
        });

        Assert.Equal("hi", await CallAsync());
        Assert.Equal(["as:inline"], seen);
    }

    [Fact]
    public async Task Inline_SomebodyMeasures_IsMeasured()
    {
        _server.Method("as:inline", (Note note) => note.Text);
        var measured = new List<string?>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter == _server.Engine.Metrics.Meter && instrument.Name == "rpc.server.call.duration")
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags) if (tag.Key == "rpc.method") measured.Add((string?)tag.Value);
        });
        listener.Start();

        await CallAsync();

        Assert.Equal(["as:inline"], measured);
    }

    [Fact]
    public async Task Inline_TellsItsCallerSomething_ComesBeforeItsAnswer()
    {
        _server.Method("as:inline", (Note note) => _mock.Starling.NotifyAsync("said:it", note.Text).AsTask().IsCompleted);

        Assert.True((await _mock.RequestAsync<bool>("as:inline", new { Text = "hi" }).InTime()).Data);

        Assert.Equal("hi", Assert.Single(_mock.Notifications, notification => notification.Topic == "said:it").Read<string>());
    }

    [Fact]
    public async Task Inline_TakenAwayAndRegisteredAgain_TheNewOneAnswers()
    {
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            var method = _server.Method("as:inline", (Note _) => number);
            Assert.Equal(number, (await _mock.RequestAsync<int>("as:inline", new { Text = "hi" }).InTime()).Data);
            if (i == 0) method.Unregister();
            else _server.Unregister("as:inline");
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

    private InlineHandler? InlineOf(string name) =>
        _server.Methods.TryGet(System.Text.Encoding.UTF8.GetBytes(name), out var entry) ? entry.Inline : throw new ArgumentException(name);

    private async Task<string> CallAsync(string text = "hi") =>
        (await _mock.RequestAsync<string>("as:inline", new { Text = text }).InTime()).Data!;

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

    private sealed record Greeter(string Word);

    private sealed record Stamp(string Word);

    private sealed record Ruled([property: Range(1, 2)] int Number);

    private sealed record Unwritable([property: System.Text.Json.Serialization.JsonIgnore] string Reason = "unwritable")
    {
        public string Text => throw new InvalidOperationException(Reason);
    }
}

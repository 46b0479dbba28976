using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using HeliosStarling.Testing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

/// <summary>Handlers of any parameters in any order.</summary>
public sealed class FreeHandlerTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSingleton(new Clock("noon")).BuildServiceProvider();
    private readonly Helios _server;
    private readonly MockStarling _mock;

    public FreeHandlerTests()
    {
        _server = Helios.Create(services: _services);
        _mock = new MockStarling(_server, new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada")], "test")));
    }

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Method_NoParameters_Answers()
    {
        _server.Method("free:it", () => 5);

        Assert.Equal("5", await AnswerAsync());
    }

    [Fact]
    public async Task Method_PayloadOnly_GetsIt()
    {
        _server.Method("free:it", (Note note) => note.Text);

        Assert.Equal("\"hi\"", await AnswerAsync());
    }

    public static TheoryData<Delegate, string> Defaults => new()
    {
        { (int number = 4) => number, "4" },
        { (int? number = 4) => number, "4" },
        { (int? number = null) => number, "null" },
        { (decimal price = 1.5m) => price, "1.5" },
        { (DayOfWeek day = DayOfWeek.Friday) => day, "5" },
        { (DayOfWeek? day = DayOfWeek.Friday) => day, "5" },
        { (Guid id = default) => id, "\"00000000-0000-0000-0000-000000000000\"" },
        { (string text = "none") => text, "\"none\"" },
        { (Note? note = null) => note?.Text, "null" },
        { (RequestContext context, int number = 4) => number, "4" },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public async Task Method_NoPayload_GetsTheDefaultValue(Delegate handler, string answer)
    {
        _server.Method("free:it", handler);

        Assert.Equal(answer, (await _mock.RequestAsync<JsonElement>("free:it").InTime()).Data.GetRawText());
    }

    [Fact]
    public async Task Method_NullWhereNoneMayBe_IsRefused_EvenWithADefaultValue()
    {
        _server.Method("free:it", (string text = "none") => text);

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => _mock.RequestAsync<string>("free:it", JsonElement.Parse("null")).InTime());

        Assert.Equal("VALIDATION_ERROR", failure.Code);
    }

    [Fact]
    public async Task Method_EverythingInAnyOrder_GetsAll()
    {
        _server.Method(
            "free:it",
            (CancellationToken token, Clock clock, Note note, Starling starling, Helios helios, ClaimsPrincipal user,
                IServiceProvider services, RequestContext context) =>
                new
                {
                    CanCancel = token.CanBeCanceled,
                    clock.Time,
                    note.Text,
                    Same = starling == context.Starling && helios == _server && services == context.Services,
                    user.Identity!.Name,
                });

        Assert.Equal("""{"canCancel":true,"time":"noon","text":"hi","same":true,"name":"ada"}""", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypeMarkedAsService_IsNoPayload()
    {
        _server.Method("free:it", ([FromServices] Clock clock, Note note) => clock.Time + note.Text);

        Assert.Equal("\"noonhi\"", await AnswerAsync());
    }

    [Fact]
    public async Task Method_Void_SucceedsWithoutData()
    {
        var seen = "";
        _server.Method("free:it", (Note note) => { seen = note.Text; });

        Assert.Equal("null", await AnswerAsync());
        Assert.Equal("hi", seen);
    }

    [Fact]
    public async Task Method_Task_SucceedsWithoutData()
    {
        _server.Method("free:it", async (Note _, Clock _) => await Task.Yield());

        Assert.Equal("null", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TaskOfResult_AnswersWithIt()
    {
        _server.Method("free:it", async (Note note, Clock clock) =>
        {
            await Task.Yield();
            return new { note.Text, clock.Time };
        });

        Assert.Equal("""{"text":"hi","time":"noon"}""", await AnswerAsync());
    }

    [Fact]
    public async Task Method_ValueTask_SucceedsWithoutData()
    {
        _server.Method("free:it", ValueTask (Note _) => default);

        Assert.Equal("null", await AnswerAsync());
    }

    [Fact]
    public async Task Method_ValueTaskOfResult_AnswersWithIt()
    {
        _server.Method("free:it", (Clock clock) => new ValueTask<string>(clock.Time));

        Assert.Equal("\"noon\"", await AnswerAsync());
    }

    [Fact]
    public async Task Method_AsyncEnumerable_StreamsItsItems()
    {
        _server.Method("free:it", (Note note, Clock _, CancellationToken token) => Letters(note, token));

        var seen = new List<char>();
        await foreach (var letter in _mock.Request<object?>("free:it", new { Text = "abc" }).Stream<char>()) seen.Add(letter);

        Assert.Equal("abc", string.Concat(seen));
    }

    [Fact]
    public async Task Method_NullablePayloadMissing_GetsNull()
    {
        _server.Method("free:it", (Note? note) => note is null);

        Assert.True((await _mock.RequestAsync<bool>("free:it").InTime()).Data);
    }

    [Fact]
    public async Task Method_PayloadMissing_IsAValidationError()
    {
        _server.Method("free:it", (Note note) => note.Text);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => _mock.RequestAsync<JsonElement>("free:it").InTime());

        Assert.Equal("VALIDATION_ERROR", failure.Code);
    }

    [Fact]
    public async Task Method_Throws_FailureIsTheHandlersOwn()
    {
        _server.Method("free:it", string (Note _) => throw new HeliosException("APP_NO", "no"));

        Assert.Equal("APP_NO", (await Assert.ThrowsAsync<HeliosException>(AnswerAsync)).Code);
    }

    [Fact]
    public async Task Method_CallerCancels_TokenIsCancelled()
    {
        var (started, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        _server.Method("free:it", async (CancellationToken token) =>
        {
            token.Register(cancelled.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        var request = _mock.Request<object?>("free:it");
        await started.Task.InTime();

        await request.CancelAsync();

        await cancelled.Task.InTime();
        Assert.Equal("REQUEST_CANCELLED", (await Assert.ThrowsAsync<HeliosException>(() => request.InTime())).Code);
    }

    [Fact]
    public void Method_TwoPayloads_SaysWhichAndWhatToDo()
    {
        var failure = Assert.Throws<ArgumentException>(() => _server.Method("free:it", (Note note, Other other) => note.Text + other));

        Assert.StartsWith(
            "Handler of method 'free:it' takes two payloads, 'note' and 'other'. Take one, and register 'Other' as a service if it is meant to be one.", failure.Message, StringComparison.Ordinal);
        Assert.False(_server.Methods.Contains("free:it"));
    }

    private async Task<string> AnswerAsync() =>
        (await _mock.RequestAsync<JsonElement>("free:it", new { Text = "hi" }).InTime()).Data.GetRawText();

    private static async IAsyncEnumerable<char> Letters(Note note, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var letter in note.Text)
        {
            await Task.Delay(0, token);
            yield return letter;
        }
    }

    private sealed record Note(string Text);

    private sealed record Other(int Value);

    private sealed record Clock(string Time);
}

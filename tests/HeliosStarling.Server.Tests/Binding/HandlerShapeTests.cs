using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

/// <summary>The typed overloads: every shape of a handler, and its answer.</summary>
public sealed class HandlerShapeTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly MockStarling _mock;

    public HandlerShapeTests() => _mock = new MockStarling(_server);

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Method_AsyncContextOnly_AnswersThroughTheContext()
    {
        _server.Method("shape:it", async context =>
        {
            await Task.Yield();
            context.Success(context.Payload.Read<Note>()!.Text);
        });

        Assert.Equal("\"hi\"", await AnswerAsync());
    }

    [Fact]
    public async Task Method_AsyncContextOnlyWithResult_AnswersWithIt()
    {
        _server.Method("shape:it", async context =>
        {
            await Task.Yield();
            return new { Ok = true };
        });

        Assert.Equal("""{"ok":true}""", await AnswerAsync());
    }

    [Fact]
    public async Task Method_ContextOnlyThatOnlyThrows_IsAFailure()
    {
        _server.Method("shape:it", async _ => throw new HeliosException("APP_NO", "no"));

        Assert.Equal("APP_NO", (await Assert.ThrowsAsync<HeliosException>(AnswerAsync)).Code);
    }

    [Fact]
    public async Task Method_TypedAsyncWithResult_AnswersWithIt()
    {
        _server.Method("shape:it", async (Note note, RequestContext _) =>
        {
            await Task.Yield();
            return note.Text.Length;
        });

        Assert.Equal("2", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedAsyncWithoutResult_SucceedsWithoutData()
    {
        _server.Method("shape:it", async (Note _, RequestContext _) => await Task.Yield());

        Assert.Equal("null", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedTask_SucceedsWithoutData()
    {
        _server.Method<Note>("shape:it", (_, _) => Task.CompletedTask);

        Assert.Equal("null", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedTaskOfResult_AnswersWithIt()
    {
        _server.Method("shape:it", (Note note, RequestContext _) => Task.FromResult(note));

        Assert.Equal("""{"text":"hi"}""", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedValueTaskOfResult_AnswersWithIt()
    {
        _server.Method("shape:it", (Note note, RequestContext _) => new ValueTask<string>(note.Text));

        Assert.Equal("\"hi\"", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedSync_AnswersWithItsValue()
    {
        _server.Method("shape:it", (Note note, RequestContext _) => note);

        Assert.Equal("""{"text":"hi"}""", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedSyncNull_AnswersWithNullData()
    {
        _server.Method("shape:it", (Note _, RequestContext _) => (string?)null);

        Assert.Equal("null", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedVoid_AnswersThroughTheContext()
    {
        _server.Method("shape:it", (Note note, RequestContext context) => context.Success(note.Text));

        Assert.Equal("\"hi\"", await AnswerAsync());
    }

    [Fact]
    public async Task Method_TypedVoidThatThrows_IsAFailure()
    {
        _server.Method("shape:it", (Note _, RequestContext _) => { throw new HeliosException("APP_NO", "no", new { Why = "because" }); });

        var failure = await Assert.ThrowsAsync<HeliosException>(AnswerAsync);

        Assert.Equal(
            ("APP_NO", "no", """{"why":"because"}"""), (failure.Code, failure.Message, ((JsonElement)failure.Details!).GetRawText()));
    }

    [Fact]
    public async Task Method_MethodGroup_IsBoundByItsShape()
    {
        _server.Method("shape:it", GroupHandler);

        Assert.Equal("2", await AnswerAsync());
    }

    [Fact]
    public async Task Method_AsyncEnumerable_StreamsItsItems()
    {
        _server.Method("shape:it", Letters);

        var seen = new List<char>();
        await foreach (var letter in _mock.Request<object?>("shape:it", new { Text = "abc" }).Stream<char>()) seen.Add(letter);

        Assert.Equal("abc", string.Concat(seen));
    }

    [Fact]
    public async Task Method_PayloadMissing_IsAValidationError()
    {
        _server.Method("shape:it", (Note note, RequestContext _) => note);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => _mock.RequestAsync<JsonElement>("shape:it").InTime());

        Assert.Equal("VALIDATION_ERROR", failure.Code);
        Assert.Equal("""{"errors":[{"path":"$","message":"A value is required."}]}""", ((JsonElement)failure.Details!).GetRawText());
    }

    [Fact]
    public async Task Method_NullablePayloadMissing_HandlerGetsNull()
    {
        _server.Method("shape:it", (Note? note, RequestContext _) => note is null);

        Assert.True((await _mock.RequestAsync<bool>("shape:it").InTime()).Data);
    }

    [Fact]
    public async Task Method_NullablePayloadOfAMethodGroupMissing_HandlerGetsNull()
    {
        _server.Method<Note?, bool>("shape:it", IsNull);

        Assert.True((await _mock.RequestAsync<bool>("shape:it").InTime()).Data);

        static bool IsNull(Note? note, RequestContext context) => note is null;
    }

    [Fact]
    public async Task Method_StarlingAndContext_TakesNoPayload()
    {
        _server.Method("shape:it", (Starling starling, RequestContext context) => starling == context.Starling);

        Assert.True((await _mock.RequestAsync<bool>("shape:it").InTime()).Data);
    }

    [Fact]
    public async Task Method_TokenAndContext_TakesNoPayload()
    {
        _server.Method("shape:it", (CancellationToken token, RequestContext context) => token == context.CancellationToken);

        Assert.True((await _mock.RequestAsync<bool>("shape:it").InTime()).Data);
    }

    [Fact]
    public async Task Method_NullableNumberMissing_HandlerGetsNull()
    {
        _server.Method("shape:it", (int? number, RequestContext _) => number is null);

        Assert.True((await _mock.RequestAsync<bool>("shape:it").InTime()).Data);
    }

    [Fact]
    public async Task Method_MemberOfPayloadMissing_IsAValidationErrorThatNamesIt()
    {
        _server.Method("shape:it", (Note note, RequestContext _) => note);

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => _mock.RequestAsync<JsonElement>("shape:it", new { Other = 1 }).InTime());

        Assert.Contains(
            "text", ((JsonElement)failure.Details!).GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<string> AnswerAsync() =>
        (await _mock.RequestAsync<JsonElement>("shape:it", new { Text = "hi" }).InTime()).Data.GetRawText();

    private static Task<int> GroupHandler(Note note, RequestContext context) => Task.FromResult(note.Text.Length);

    private static async IAsyncEnumerable<char> Letters(Note note, RequestContext context)
    {
        foreach (var letter in note.Text)
        {
            await Task.Yield();
            yield return letter;
        }
    }

    private sealed record Note(string Text);
}

using System.Text.Json;

namespace HeliosStarling.Testing.Registration;

/// <summary>The handlers that an application can register: the same on a server, a client and a mock.</summary>
public abstract class HandlerHostContract<TContext, TTopicContext, TFreeHandler, TText, TJson, TBinary, TError> : IAsyncLifetime
    where TContext : RequestContextBase
    where TTopicContext : class
    where TFreeHandler : class
{
    /// <summary>Each form of a handler and its registered method.</summary>
    private static readonly Dictionary<string, Action<HandlerHost<TContext, TTopicContext, TFreeHandler>, string>> s_forms = new()
    {
        ["context"] = static (host, name) => host.Method(name, Answer),
        ["context, value task"] =
            static (host, name) => host.Method<int>(name, context => new ValueTask<int>(context.Payload.Read<int>() * 2)),
        ["payload, context, value task"] =
            static (host, name) => host.Method<int, int>(name, (number, _) => new ValueTask<int>(number * 2)),
        ["payload, context, task"] = static (host, name) => host.Method<int, int>(name, (number, _) => Task.FromResult(number * 2)),
        ["payload, context, result"] = static (host, name) => host.Method<int, int>(name, (number, _) => number * 2),
        ["payload, value task"] = static (host, name) => host.Method<int, int>(name, number => new ValueTask<int>(number * 2)),
        ["payload, task"] = static (host, name) => host.Method<int, int>(name, number => Task.FromResult(number * 2)),
        ["payload, result"] = static (host, name) => host.Method<int, int>(name, number => number * 2),
        ["nothing, value task"] = static (host, name) => host.Method<int>(name, () => new ValueTask<int>(42)),
        ["nothing, task"] = static (host, name) => host.Method<int>(name, () => Task.FromResult(42)),
        ["nothing, result"] = static (host, name) => host.Method<int>(name, () => 42),
        ["nothing, inferred"] = static (host, name) => host.Method(name, () => 42),
        ["payload, inferred"] = static (host, name) => host.Method(name, (int number) => number * 2),
        ["payload, context, inferred"] =
            static (host, name) => host.Method(name, async (int number, TContext _) => await Task.FromResult(number * 2)),
    };

    private static readonly Dictionary<string, Action<HandlerHost<TContext, TTopicContext, TFreeHandler>, string, Action>>
        s_formsWithoutResult = new()
        {
            ["payload, context, value task"] = static (host, name, called) => host.Method<int>(name, (_, _) => Done(called)),
            ["payload, context, task"] = static (host, name, called) => host.Method<int>(name, (_, _) => Done(called).AsTask()),
            ["payload, context, action"] = static (host, name, called) => host.Method<int>(name, (_, _) => called()),
            ["payload, value task"] = static (host, name, called) => host.Method<int>(name, _ => Done(called)),
            ["payload, task"] = static (host, name, called) => host.Method<int>(name, _ => Done(called).AsTask()),
            ["payload, action"] = static (host, name, called) => host.Method<int>(name, _ => called()),
            ["nothing, value task"] = static (host, name, called) => host.Method(name, () => Done(called)),
            ["nothing, task"] = static (host, name, called) => host.Method(name, () => Done(called).AsTask()),
            ["nothing, action"] = static (host, name, called) => host.Method(name, () => called()),
        };

    private protected Helios Server { get; } = Helios.Create();

    /// <summary>The end under test.</summary>
    private protected abstract HandlerHost<TContext, TTopicContext, TFreeHandler> Host { get; }

    private protected abstract IMessageListener<TText, TJson, TBinary, TError> Listener { get; }

    public virtual ValueTask InitializeAsync() => default;

    public virtual async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Method_EachForm_Answers()
    {
        foreach (var (form, register) in s_forms)
        {
            register(Host, "form:ask");

            Assert.Equal((form, 42), (form, await Request<int>("form:ask", 21)));
            Host.Unregister("form:ask");
        }
    }

    [Fact]
    public async Task Method_EachFormWithoutResult_RunsAndAnswers()
    {
        foreach (var (form, register) in s_formsWithoutResult)
        {
            var calls = 0;
            register(Host, "form:run", () => calls++);

            await Request<JsonElement?>("form:run", 21);

            Assert.Equal((form, 1), (form, calls));
            Host.Unregister("form:run");
        }
    }

    [Theory]
    [InlineData("context")]
    [InlineData("payload")]
    [InlineData("nothing")]
    public async Task Method_StreamOfEachForm_GivesItsItems(string form)
    {
        if (form == "context") Host.Method<int, int>("form:stream", (count, _) => Count(count));
        else if (form == "payload") Host.Method<int, int>("form:stream", count => Count(count));
        else Host.Method<int>("form:stream", () => Count(3));

        var items = new List<int>();
        await foreach (var item in Request<JsonElement?>("form:stream", 3).Stream<int>()) items.Add(item);

        Assert.Equal([0, 1, 2], items);
    }

    [Fact]
    public async Task Method_Unregistered_IsUnknown()
    {
        var one = Host.Method<int>("form:one", () => 1);
        Host.Method<int>("form:two", () => 2);

        Assert.True(one.Unregister());
        Assert.True(Host.Unregister("form:two"));

        Assert.Equal("METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(async () => await Request<int>("form:one", 1))).Code);
        Assert.Equal("METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(async () => await Request<int>("form:two", 1))).Code);
    }

    [Fact]
    public async Task Method_Validated_RefusesWhatIsWrong()
    {
        Host.Method<int, int>("form:small", number => number).Validate<int>(number => number < 10 ? [] : [new("$", "Too large.")]);

        Assert.Equal(3, await Request<int>("form:small", 3));
        Assert.Equal(
            "VALIDATION_ERROR", (await Assert.ThrowsAsync<HeliosException>(async () => await Request<int>("form:small", 30))).Code);
    }

    [Fact]
    public void Method_RegisteredTwice_Throws()
    {
        Host.Method<int>("form:one", () => 1);

        Assert.Throws<ArgumentException>(() => Host.Method<int>("form:one", () => 1));
        Assert.Contains("form:one", Host.Methods.Names);
    }

    [Fact]
    public async Task On_EachForm_IsCalledByPriority()
    {
        var (calls, done) = (new List<string>(), new TaskCompletionSource());
        Host.On<int>("news:**", (_, _) => calls.Add("context, action"), new() { Priority = 5 });
        Host.On<int>("news:**", (_, _) => Done(() => calls.Add("context, value task")), new() { Priority = 4 });
        Host.On<int>("news:**", _ => calls.Add("data, action"), new() { Priority = 3 });
        Host.On<int>("news:**", _ => Done(() => calls.Add("data, value task")), new() { Priority = 2 });
        Host.On<int>("news:**", _ => calls.Add("filtered"), new() { Priority = 1, Filter = context => TopicOf(context) != "news:today" });
        Host.On<int>("news:**", _ => calls.Add("gone")).Dispose();
        Host.On("news:**", (int _, TTopicContext context) =>
        {
            calls.Add(TopicOf(context));
            done.SetResult();
        });

        await NotifyAsync("news:today", 1);
        await done.Task.InTime();

        Assert.Equal(["context, action", "context, value task", "data, action", "data, value task", "news:today"], calls);
        Assert.Contains("news:**", Host.Topics.Patterns);
    }

    [Fact]
    public async Task On_DataOfAnotherType_IsRefusedAndTheNextIsTaken()
    {
        var taken = new TaskCompletionSource<int>();
        Host.On<int>("news:number", taken.SetResult);

        await NotifyAsync("news:number", "text");
        await NotifyAsync("news:number", 5);

        Assert.Equal(5, await taken.Task.InTime());
    }

    [Fact]
    public async Task OnTextJsonAndBinary_EachForm_IsCalledInOrder()
    {
        var (calls, done) = (new List<string>(), new TaskCompletionSource());
        Listener.OnText(text => calls.Add(Show(text)));
        Listener.OnText(text => Done(() => calls.Add("again " + Show(text))));
        Listener.OnText(text => calls.Add("gone")).Dispose();
        Listener.OnJson(json => calls.Add(Show(json)));
        Listener.OnJson(json => Done(() => calls.Add("again " + Show(json))));
        Listener.OnBinary(bytes => calls.Add(Show(bytes)));
        Listener.OnBinary(bytes => Done(() =>
        {
            calls.Add("again " + Show(bytes));
            done.SetResult();
        }));

        await SendAsync("hello", "[1]", "bytes"u8.ToArray());
        await done.Task.InTime();

        Assert.Equal(["hello", "again hello", "[1]", "again [1]", "bytes", "again bytes"], calls);
    }

    /// <summary>Calls a method of the end under test.</summary>
    private protected abstract StarlingRequest<T> Request<T>(string method, object payload);

    /// <summary>Sends a notification to the end under test.</summary>
    private protected abstract ValueTask NotifyAsync(string topic, object data);

    /// <summary>Sends other messages to the end under test.</summary>
    private protected abstract Task SendAsync(string text, string json, byte[] bytes);

    private protected abstract string TopicOf(TTopicContext context);

    private protected abstract string Show(object? message);

    private static ValueTask Answer(TContext context)
    {
        context.Success(context.Payload.Read<int>() * 2);
        return default;
    }

    private static ValueTask Done(Action call)
    {
        call();
        return default;
    }

    private static async IAsyncEnumerable<int> Count(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}

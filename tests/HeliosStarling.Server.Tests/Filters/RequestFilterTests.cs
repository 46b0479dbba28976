using System.Text.Json;
using HeliosStarling.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Filters;

public sealed class RequestFilterTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddScoped<object>().BuildServiceProvider();
    private readonly Helios _server;
    private readonly MockStarling _mock;
    private readonly List<string> _calls = [];

    public RequestFilterTests()
    {
        _server = Helios.Create(services: _services);
        _mock = new MockStarling(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Use_SeveralFilters_RunInOrderAroundTheHandler()
    {
        _server.Use(Note("first"));
        _server.Method("chat:send", (string text, RequestContext _) =>
        {
            _calls.Add("handler");
            return text;
        }).Use(Note("own"));
        _server.Use(Note("second"));

        Assert.Equal("hi", await CallAsync<string>());

        Assert.Equal(["> first", "> second", "> own", "handler", "< own", "< second", "< first"], _calls);
    }

    [Fact]
    public async Task Use_OwnFilter_OtherMethodsDoNotMeetIt()
    {
        _server.Method("chat:send", (string text, RequestContext _) => text).Use(Note("own"));
        _server.Method("chat:read", (string text, RequestContext _) => text);

        await _mock.RequestAsync<string>("chat:read", "x").InTime();

        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Use_FilterAwaitsFirst_HandlerThatKeepsNoPayloadStillReadsIt()
    {
        var go = new TaskCompletionSource();
        _server.Method("chat:send", (string text) => text);
        _server.Use(async (_, next) =>
        {
            await go.Task;
            await next();
        });

        var answer = CallAsync<string>();
        for (var i = 0; i < 20; i++) await _mock.NotifyAsync("other:topic", new string('x', 200));
        go.SetResult();

        Assert.Equal("hi", await answer);
    }

    [Fact]
    public async Task Use_DoesNotGoOn_CallerGetsMethodNotAllowed()
    {
        _server.Method("chat:send", (string text, RequestContext _) => text);
        _server.Use((_, _) => default);

        Assert.Equal("METHOD_NOT_ALLOWED", (await Assert.ThrowsAsync<HeliosException>(() => CallAsync<string>())).Code);
    }

    [Fact]
    public async Task Use_AnswersItself_HandlerDoesNotRun()
    {
        _server.Method("chat:send", (string _, RequestContext _) => Assert.Fail("must not run"));
        _server.Use((context, _) =>
        {
            context.Success("cached");
            return default;
        });

        Assert.Equal("cached", await CallAsync<string>());
    }

    [Fact]
    public async Task Use_Throws_CallerGetsItsCode()
    {
        _server.Method("chat:send", (string text, RequestContext _) => text);
        _server.Use((_, _) => throw new HeliosException("CHAT_CLOSED", "Come back tomorrow"));

        Assert.Equal("CHAT_CLOSED", (await Assert.ThrowsAsync<HeliosException>(() => CallAsync<string>())).Code);
    }

    [Fact]
    public async Task Use_HandlerThrows_FilterCanTranslate()
    {
        _server.Method("chat:send", (string _, RequestContext _) => throw new TimeoutException("db"));
        _server.Use(async (_, next) =>
        {
            try
            {
                await next();
            }
            catch (TimeoutException)
            {
                throw new HeliosException("CHAT_SLOW", "The database is slow");
            }
        });

        Assert.Equal("CHAT_SLOW", (await Assert.ThrowsAsync<HeliosException>(() => CallAsync<string>())).Code);
    }

    [Fact]
    public async Task Use_FilterAndHandler_ShareOneContextAndItsServices()
    {
        (RequestContext? Context, object? Service) seen = default;
        _server.Use((context, next) =>
        {
            seen = (context, context.Services.GetRequiredService<object>());
            return next();
        });
        _server.Method("chat:send", (string _, RequestContext context) =>
            ReferenceEquals(context, seen.Context) && ReferenceEquals(context.Services.GetRequiredService<object>(), seen.Service));

        Assert.True(await CallAsync<bool>());
    }

    [Fact]
    public async Task Use_BuiltInMethod_PassesTheFiltersToo()
    {
        _server.Use(Note("all"));

        await _mock.RequestAsync<JsonElement>("system:ping").InTime();

        Assert.Equal(["> all", "< all"], _calls);
    }

    private async Task<T> CallAsync<T>() => (await _mock.RequestAsync<T>("chat:send", "hi").InTime()).Data;

    private Func<RequestContext, Func<ValueTask>, ValueTask> Note(string name) => async (_, next) =>
    {
        _calls.Add($"> {name}");
        await next();
        _calls.Add($"< {name}");
    };
}

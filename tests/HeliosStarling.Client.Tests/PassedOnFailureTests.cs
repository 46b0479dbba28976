using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

/// <summary>A handler does not catch the failure of its own request. Its caller does not see it (docs/protocol.md section 4).</summary>
public class PassedOnFailureTests
{
    [Fact]
    public async Task ServerHandler_LetsClientFailureThrough_CallerGetsMethodError()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("ask:back", async context => await context.Starling.Request<int>("ui:none")));
        await using var client = await server.ConnectAsync();

        await IsMethodErrorAsync(client.Request<int>("ask:back"));
    }

    [Fact]
    public async Task ServerHandler_LetsCodeOfTheClientsApplicationThrough_CallerGetsMethodError()
    {
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("ask:back", async context => await context.Starling.Request<int>("ui:fail")));
        await using var client = await server.ConnectAsync(
            setup: it => it.Method("ui:fail", (ClientRequestContext _) => throw new HeliosException("APP_NO", "no")));

        await IsMethodErrorAsync(client.Request<int>("ask:back"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerHandlerOfAMessage_LetsAnotherClientsFailureThrough_SenderIsNotTold(bool isTopic)
    {
        using var log = new FailureLog();
        Starling? asked = null;
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.OnConnection(starling => { asked ??= starling; });
            helios.On("ask:other", async (string method, TopicContext _) => { await asked!.Request<int>(method); });
            helios.OnText(async context => { await asked!.Request<int>(context.Text); });
        }, options => options.LoggerFactory = log);
        await using var other = await server.ConnectAsync(
            setup: it => it.Method("ui:fail", (ClientRequestContext _) => throw new HeliosException("APP_NO", "no")));
        var told = 0;
        await using var client = await server.ConnectAsync(setup: it => it.OnError(_ => { Interlocked.Increment(ref told); }));

        if (isTopic) await client.NotifyAsync("ask:other", "ui:fail");
        else await client.SendTextAsync("ui:fail");

        await log.Failed.InTime();
        await client.Request("system:ping");
        // Otherwise a client that lets requests fail could fill the log.
        Assert.Equal((0, 0), (told, log.Errors));
    }

    [Fact]
    public async Task ServerHandlerOfAMethod_LetsItsClientsFailureThrough_IsWarnedOfTenTimesAMinute()
    {
        using var logs = new CollectedLogs();
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("ask:back", async (string method, RequestContext context) =>
                await context.Starling.Request<int>(method)),
            options => (options.LoggerFactory, options.TimeProvider) = (logs, new FakeTimeProvider()));
        await using var client = await server.ConnectAsync();

        for (var count = 0; count < 12; count++) await IsMethodErrorAsync(client.Request<int>("ask:back", "ui:none"));

        Assert.Equal(10, logs.Warnings.Count(warning => warning.StartsWith(
            "The handler of method 'ask:back' did not catch that its own request to 'ui:none' failed with METHOD_NOT_FOUND.", StringComparison.Ordinal)));
        Assert.Empty(logs.Errors);
    }

    [Fact]
    public async Task Caller_LogsTheFailure_FindsTheMethodAndWhereToLook()
    {
        using var logs = new CollectedLogs();
        await using var server = await TestServer.StartAsync(
            helios => helios.Method("break:it", (RequestContext _) => throw new FormatException("secret")),
            options => options.LoggerFactory = logs);
        await using var client = await server.ConnectAsync();

        var failure = await Assert.ThrowsAsync<HeliosException>(() => client.Request<object?>("break:it").InTime());

        Assert.StartsWith(
            "HeliosStarling.HeliosException (METHOD_ERROR from the request to 'break:it'): Method execution failed",
            failure.ToString(),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "The handler threw. The log of the other side has the exception; its option Debug sends it along.",
            failure.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerHandler_TakesItsPayloadAlone_CallerGetsMethodError()
    {
        Starling? asked = null;
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.OnConnection(starling => { asked = starling; });
            helios.Method("ask:back", async (string method) => await asked!.Request<int>(method));
        });
        await using var client = await server.ConnectAsync();

        await IsMethodErrorAsync(client.Request<int>("ask:back", "ui:none"));
    }

    [Fact]
    public async Task ServerHandler_InnerRequestTimesOut_CallerGetsMethodError()
    {
        var never = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(helios =>
            helios.Method("ask:back", async context =>
                await context.Starling.Request<int>("ui:wait", options: new RequestOptions { Timeout = TimeSpan.FromMilliseconds(1) })));
        await using var client = await server.ConnectAsync(setup: it => it.Method("ui:wait", async _ => await never.Task));

        await IsMethodErrorAsync(client.Request<int>("ask:back"));
        never.SetResult();
    }

    [Fact]
    public async Task ServerHandler_StreamFails_CallerGetsMethodError()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("ask:back", async context =>
        {
            await foreach (var _ in context.Starling.Request<object?>("ui:none").Stream<int>())
            {
            }
        }));
        await using var client = await server.ConnectAsync();

        await IsMethodErrorAsync(client.Request<int>("ask:back"));
    }

    [Fact]
    public async Task ServerHandler_StreamHasAnUnreadableItem_CallerGetsMethodErrorAndNothingOfThePeersText()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("ask:back", async context =>
        {
            await foreach (var _ in context.Starling.Request<object?>("ui:items").Stream<Dictionary<string, int>>())
            {
            }
        }));
        var item = new Dictionary<string, string> { ["another\nclient's words"] = "z" };
        await using var client = await server.ConnectAsync(
            setup: it => it.Method("ui:items", (ClientRequestContext _) => new[] { item }.ToAsyncEnumerable()));

        await IsMethodErrorAsync(client.Request<int>("ask:back"));
    }

    [Fact]
    public async Task ServerFilter_LetsClientFailureThrough_CallerGetsMethodError()
    {
        await using var server = await TestServer.StartAsync(helios =>
        {
            helios.Method("ask:it", (int number) => number);
            helios.Use(async (context, next) =>
            {
                await context.Starling.Request<int>("ui:none");
                await next();
            });
        });
        await using var client = await server.ConnectAsync();

        await IsMethodErrorAsync(client.Request<int>("ask:it", 1));
    }

    [Fact]
    public async Task ServerHandler_ThrowsTheFailureAgain_CallerGetsItsCode()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("ask:back", async context =>
        {
            try
            {
                await context.Starling.Request<int>("ui:none");
            }
            catch (HeliosException failure)
            {
                throw new HeliosException(failure.Code, failure.Message, failure.Details, failure);
            }
        }));
        await using var client = await server.ConnectAsync();

        var passedOn = await Assert.ThrowsAsync<HeliosException>(() => client.Request<int>("ask:back").InTime());

        Assert.Equal(("METHOD_NOT_FOUND", "Method 'ui:none' not found"), (passedOn.Code, passedOn.Message));
    }

    [Fact]
    public async Task ClientHandler_LetsServerFailureThrough_ServerGetsMethodError()
    {
        StarlingClient? asking = null;
        await using var server = await TestServer.StartAsync();
        await using var client = await server.ConnectAsync(
            setup: it => it.Method("ui:ask", async (string method) => await asking!.Request<int>(method)));
        asking = client;

        await IsMethodErrorAsync(server.Starling.Request<int>("ui:ask", "no:method"));
    }

    private static async Task IsMethodErrorAsync(StarlingRequest<int> request)
    {
        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());

        Assert.Equal(("METHOD_ERROR", "Method execution failed", null), (failure.Code, failure.Message, failure.Details));
    }

    /// <summary>Completes when a handler's failure is logged.</summary>
    private sealed class FailureLog : ILoggerFactory, ILogger
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _errors;

        public Task Failed => _failed.Task;

        public int Errors => Volatile.Read(ref _errors);

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error) Interlocked.Increment(ref _errors);
            if (eventId.Name == "OwnRequestNotCaught") _failed.TrySetResult();
        }

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}

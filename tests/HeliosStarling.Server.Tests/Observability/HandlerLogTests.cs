using System.ComponentModel.DataAnnotations;
using HeliosStarling.Testing;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Observability;

/// <summary>Mistakes of an application that a log or a message explains.</summary>
public sealed class HandlerLogTests : IAsyncDisposable
{
    private readonly CollectedLogs _logs = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _end = new();
    private readonly Helios _helios;

    public HandlerLogTests() => _helios = Helios.Create(options =>
    {
        (options.LoggerFactory, options.TimeProvider, options.MaxConcurrentRequests) = (_logs, _time, 1);
        options.RequestTimeout = TimeSpan.FromSeconds(5);
    });

    public ValueTask DisposeAsync()
    {
        _end.SetResult();
        return _helios.DisposeAsync();
    }

    [Fact]
    public async Task Handler_LastsLongerThanItsTimeLimit_IsWarnedOf()
    {
        var started = new TaskCompletionSource();
        _helios.Method("hang:here", async (RequestContext _) =>
        {
            started.SetResult();
            await _end.Task;
        });
        await using var mock = new MockStarling(_helios);

        var hanging = mock.Client.Request("hang:here");
        await started.Task.InTime();
        await PassAsync();

        Assert.Equal("REQUEST_TIMEOUT", (await Assert.ThrowsAsync<HeliosException>(async () => await hanging)).Code);
        Assert.StartsWith(
            "The handler of method 'hang:here' has not ended within its time limit of 00:00:05, and its caller got REQUEST_TIMEOUT.",
            Assert.Single(_logs.Warnings, IsOfATimeLimit),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WaitsForItsTurnUntilItsTimeIsOver_IsWarnedOf()
    {
        var started = new TaskCompletionSource();
        _helios.Method("hang:here", async (RequestContext _) =>
        {
            started.SetResult();
            await _end.Task;
        }, new MethodOptions { Timeout = Timeout.InfiniteTimeSpan });
        _helios.Method("wait:here", async (RequestContext _) => await _end.Task);
        await using var mock = new MockStarling(_helios);

        _ = mock.Client.Request("hang:here");
        await started.Task.InTime();
        var waiting = mock.Client.Request("wait:here");
        await PassAsync();

        await Assert.ThrowsAsync<HeliosException>(async () => await waiting);
        Assert.StartsWith(
            "A request to method 'wait:here' waited for its turn until its time limit of 00:00:05 had passed",
            Assert.Single(_logs.Warnings, IsOfATimeLimit),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("method")]
    [InlineData("inline method")]
    [InlineData("topic")]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("binary")]
    public async Task Handler_BlocksItsReader_IsWarnedOfOnce(string kind)
    {
        using var started = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        void Block()
        {
            started.Set();
            goOn.Wait(TimeSpan.FromMinutes(1));
        }
        _helios.Method("block:method", (RequestContext _) => Block());
        _helios.Method("block:inline", (int _) => Block());
        _helios.On("block:topic", (int _, TopicContext _) => Block());
        _helios.OnText((TextContext _) => Block());
        _helios.OnJson((JsonContext _) => Block());
        _helios.OnBinary((BinaryContext _) => Block());
        await using var mock = new MockStarling(_helios);

        var name = kind switch
        {
            "method" => "block:method",
            "inline method" => "block:inline",
            "topic" => "block:topic",
            "text" => "OnText",
            "json" => "OnJson",
            _ => "OnBinary",
        };
        var sent = SendAsync(mock, kind);
        Assert.True(started.Wait(TimeSpan.FromSeconds(30)));
        for (var tick = 0; tick < 20; tick++) _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.StartsWith(
            $"The handler of {name} has blocked the thread that reads its connection for 00:00:02",
            Assert.Single(_logs.Warnings, warning => warning.Contains("has blocked", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        goOn.Set();
        await sent.InTime();
    }

    [Fact]
    public async Task Handler_OfAnEventOrAConnectionFails_IsNamed()
    {
        _helios.Events.On("starling:new", (StarlingNew _) => throw new FormatException("one"));
        _helios.OnDisconnection((_, _) => throw new FormatException("two"));
        _helios.OnText((TextContext _) => throw new FormatException("three"));
        await using (var mock = new MockStarling(_helios))
        {
            await mock.Client.SendTextAsync("hello");
            await mock.Client.Request("system:ping");
        }

        Assert.Equal(
            ["A handler of OnDisconnection failed.", "A handler of OnText failed.", "A handler of starling:new failed."],
            _logs.Errors.Select(error => error[..(error.IndexOf("failed.", StringComparison.Ordinal) + 7)]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Payload_IsNotWhatTheMethodTakes_TheMessageNamesTheFirstError()
    {
        _helios.Method("name:it", (Named named, RequestContext _) => named.Name);
        await using var mock = new MockStarling(_helios);

        var one = await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<string>("name:it", new { name = "Grace", age = 1 }));
        var both = await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<string>("name:it", new { name = "Grace", age = -1 }));

        Assert.StartsWith("The payload is not what the method takes: $.name: ", one.Message, StringComparison.Ordinal);
        Assert.EndsWith(" (1 more in the details)", both.Message, StringComparison.Ordinal);
    }

    private static bool IsOfATimeLimit(string warning) => warning.Contains("its time limit of", StringComparison.Ordinal);

    private static async Task SendAsync(MockStarling mock, string kind)
    {
        if (kind == "method") await mock.Client.Request("block:method");
        else if (kind == "inline method") await mock.Client.Request("block:inline", 1);
        else if (kind == "topic") await mock.NotifyAsync("block:topic", 1);
        else if (kind == "text") await mock.Client.SendTextAsync("hello");
        else if (kind == "json") await mock.Client.SendTextAsync("[1]");
        else await mock.Client.SendBinaryAsync(new byte[] { 1 });
    }

    /// <summary>The clock goes on until a warning is logged.</summary>
    private Task PassAsync() => Eventually.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(5));
        return _logs.Warnings.Any(IsOfATimeLimit);
    });

    private sealed record Named([property: MaxLength(3)] string Name, [property: Range(0, 9)] int Age);
}

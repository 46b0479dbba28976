using System.Security.Claims;
using HeliosStarling.Protocol;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Testing;

public sealed class MockStarlingTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Registration_WhenTheMockIsDisposedOf_Throws()
    {
        var mock = new MockStarling(_server);
        await mock.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => mock.On("a:b", (int _) => { }));
        Assert.Throws<ObjectDisposedException>(() => mock.Method("a:b", (int number, ClientRequestContext _) => number));
    }

    [Fact]
    public async Task RequestAsync_MethodAnswers_DataIsThere()
    {
        _server.Method("test:echo", (Echo echo, RequestContext _) => echo);
        await using var mock = new MockStarling(_server);

        var response = await mock.RequestAsync<Echo>("test:echo", new { Message = "hello" }).InTime();

        Assert.Equal("hello", response.Data.Message);
    }

    [Fact]
    public async Task RequestAsync_UnknownMethod_ThrowsItsCode()
    {
        await using var mock = new MockStarling(_server);

        var failure = await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<Echo>("no:such").InTime());

        Assert.Equal(ErrorCodes.MethodNotFound, failure.Code);
    }

    [Fact]
    public async Task RequestAsync_ClockMovedPastTimeout_ThrowsTimeout()
    {
        var time = new FakeTimeProvider();
        await using var server = Helios.Create(options => options.TimeProvider = time);
        var started = new TaskCompletionSource();
        server.Method("slow:never", async context =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }, new() { Timeout = TimeSpan.FromSeconds(3) });
        await using var mock = new MockStarling(server);

        var request = mock.RequestAsync<Echo>("slow:never");
        await started.Task.InTime();
        // A reader handles messages in order, so the answer to a later message shows that the handler's time limit has started.
        await mock.RequestAsync<object?>("system:ping").InTime();

        time.Advance(TimeSpan.FromSeconds(3));

        var failure = await Assert.ThrowsAsync<HeliosException>(() => request.InTime());
        Assert.Equal(ErrorCodes.RequestTimeout, failure.Code);
    }

    [Fact]
    public async Task Constructor_Returned_ServerKnowsTheStarling()
    {
        await using var mock = new MockStarling(_server);

        Assert.Equal(1, _server.Starlings.ConnectedCount);
        Assert.Same(mock.Starling, _server.Starlings.GetById(mock.Id));
        Assert.True(mock.IsConnected);
    }

    [Fact]
    public async Task Constructor_UserGiven_HandlersSeeThatUser()
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ada")], "test"));
        _server.Method("who:am", (RequestContext context) => context.User.Identity!.Name);
        await using var mock = new MockStarling(_server, user);

        Assert.Equal("ada", (await mock.RequestAsync<string>("who:am").InTime()).Data);
    }

    [Fact]
    public async Task Constructor_ServerIsFull_ThrowsConnectionLimit()
    {
        await using var server = Helios.Create(options => options.MaxConnections = 1);
        await using var first = new MockStarling(server);

        var failure = Assert.Throws<HeliosException>(() => new MockStarling(server));

        Assert.Equal(ErrorCodes.ConnectionLimit, failure.Code);
    }

    [Fact]
    public void Constructor_OptionOutOfRange_TakesNoPlace()
    {
        Assert.Throws<OptionsValidationException>(
            () => new MockStarling(_server, configure: options => options.RequestTimeout = TimeSpan.Zero));

        Assert.Equal(0, _server.Starlings.TotalCount);
    }

    [Fact]
    public async Task Method_ServerAsks_MockAnswers()
    {
        await using var mock = new MockStarling(_server);
        mock.Method("ui:ask", (string question, ClientRequestContext _) => question.Length);

        Assert.Equal(4, await mock.Starling.Request<int>("ui:ask", "what").InTime());
    }

    [Fact]
    public async Task Setup_ServerAsksWhenConnected_MethodIsThereAlready()
    {
        var asked = new TaskCompletionSource<string>();
        _server.Events.On("starling:connected", (StarlingConnected happened) => AskAsync(happened.Starling));
        await using var mock = new MockStarling(_server, setup: client => client.Method("ui:name", context =>
        {
            context.Success("mock");
            return default;
        }));

        Assert.Equal("mock", await asked.Task.InTime());

        async ValueTask AskAsync(Starling starling) => asked.SetResult(await starling.Request<string>("ui:name"));
    }

    [Fact]
    public async Task NotifyAsync_ServerListens_TopicHandlerGetsData()
    {
        var heard = new TaskCompletionSource<(string Topic, string Data)>();
        _server.On("chat:*", (string data, TopicContext context) => heard.SetResult((context.Topic, data)));
        await using var mock = new MockStarling(_server);

        await mock.NotifyAsync("chat:lobby", "hi");

        Assert.Equal(("chat:lobby", "hi"), await heard.Task.InTime());
    }

    [Fact]
    public async Task On_Broadcast_HandlerGetsData()
    {
        var heard = new TaskCompletionSource<int>();
        await using var mock = new MockStarling(_server);
        mock.On("score:*", (int score) => heard.SetResult(score));

        await _server.Starlings.BroadcastAsync("score:home", 3);

        Assert.Equal(3, await heard.Task.InTime());
    }

    [Fact]
    public async Task TextAndBinary_SentBothWays_ComeThrough()
    {
        _server.OnText(async context => await context.Starling.SendTextAsync($"{context.Text}!"));
        _server.OnBinary(async context => await context.Starling.SendBinaryAsync(context.Data));
        await using var mock = new MockStarling(_server);

        await mock.SendTextAsync("hello");
        await mock.SendBinaryAsync(new byte[] { 1, 2, 3 });

        Assert.Equal("hello!", await mock.ReceiveTextAsync());
        Assert.Equal([1, 2, 3], (await mock.ReceiveBinaryAsync()).ToArray());
    }

    private sealed record Echo(string Message);
}

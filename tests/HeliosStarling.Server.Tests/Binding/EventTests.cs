using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

public sealed class EventTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();
    private readonly List<string> _calls = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("starling:*", "starling:new starling:connected starling:disconnected")]
    [InlineData("**", "starling:new starling:connected starling:disconnected")]
    [InlineData("starling:connected", "starling:connected")]
    [InlineData("state:*", "")]
    public async Task On_Pattern_GetsEventsThatMatch(string pattern, string expected)
    {
        _server.Events.On(pattern, happened => _calls.Add(happened.Name));

        await new MockStarling(_server).DisposeAsync();

        Assert.Equal(expected, string.Join(' ', _calls));
    }

    [Fact]
    public async Task On_HandlerThrows_OthersAndTheConnectionLive()
    {
        _server.Events.On("starling:new", (Action<HeliosEvent>)(_ => throw new InvalidOperationException("boom")));
        _server.Events.On("starling:new", async _ => throw new InvalidOperationException("boom"));
        _server.Events.On("starling:connected", _ => _calls.Add("connected"));
        await using var mock = new MockStarling(_server);

        await mock.RequestAsync<object?>("system:ping").InTime();

        await Eventually.TrueAsync(() => _calls.Count == 1);
        Assert.Equal(["connected"], _calls);
    }

    [Fact]
    public async Task StarlingNew_HandlerCloses_ClientIsClosed()
    {
        _server.Events.On("starling:new", happened => happened.Starling.CloseAsync(reason: "no entry"));

        await using var mock = new MockStarling(_server);

        Assert.Equal(new MockClose(4002, "no entry"), await mock.Closed.InTime());
    }

    [Fact]
    public async Task StarlingNew_HandlerNotifies_IsTheFirstMessage()
    {
        _server.Events.On("starling:new", async happened => await happened.Starling.NotifyAsync("hello:you", 1));

        await using var mock = new MockStarling(_server);

        Assert.Equal("hello:you", (await mock.ReceiveAsync()).Topic);
    }
}

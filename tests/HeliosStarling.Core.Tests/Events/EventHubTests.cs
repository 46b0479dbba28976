namespace HeliosStarling;

public class EventHubTests
{
    private readonly EventHub<Happened> _events = new(new HandlerLog(new ExceptionLogger(), TimeProvider.System));
    private readonly List<string> _calls = [];

    [Theory]
    [InlineData("door:opened", true)]
    [InlineData("door:*", true)]
    [InlineData("**", true)]
    [InlineData("door:closed", false)]
    [InlineData("*", false)]
    public async Task EmitAsync_Pattern_CallsThoseThatMatch(string pattern, bool isCalled)
    {
        _events.On(pattern, happened => _calls.Add(happened.Name));

        await _events.EmitAsync(new Opened(3));

        Assert.Equal(isCalled ? ["door:opened"] : [], _calls);
    }

    [Fact]
    public async Task EmitAsync_TypedHandler_GetsOnlyItsType()
    {
        _events.On("door:*", (Opened opened) => _calls.Add($"opened {opened.Width}"));
        _events.On("door:*", async (Closed _) =>
        {
            await Task.Yield();
            _calls.Add("closed");
        });

        await _events.EmitAsync(new Opened(3));
        await _events.EmitAsync(new Closed());

        Assert.Equal(["opened 3", "closed"], _calls);
    }

    [Fact]
    public async Task Dispose_OfRegistration_StopsCalls()
    {
        var registration = _events.On("**", happened => _calls.Add(happened.Name));

        registration.Dispose();
        await _events.EmitAsync(new Closed());

        Assert.Empty(_calls);
    }

    [Fact]
    public void On_MalformedPattern_Throws() => Assert.Throws<ArgumentException>(() => _events.On("door:**:x", _ => { }));

    private abstract record Happened(string Name) : INamedEvent;

    private sealed record Opened(int Width) : Happened("door:opened");

    private sealed record Closed() : Happened("door:closed");
}

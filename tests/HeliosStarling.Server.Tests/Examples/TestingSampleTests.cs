using HeliosStarling.Testing;

namespace HeliosStarling.Examples;

/// <summary>The examples of "Testing", in the form that users write.</summary>
public sealed class TestingSampleTests : IAsyncLifetime
{
    private Helios _server = null!;
    private MockStarling _mockStarling = null!;

    public ValueTask InitializeAsync()
    {
        _server = Helios.Create();
        _server.Method("test:echo", (EchoMessage echo, RequestContext _) => echo);
        _mockStarling = new MockStarling(_server);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _mockStarling.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task ShouldHandleRequests()
    {
        var response = await _mockStarling.RequestAsync<EchoMessage>("test:echo", new { Message = "hello" });

        Assert.Equal("hello", response.Data.Message);
    }

    private sealed record EchoMessage(string Message);
}

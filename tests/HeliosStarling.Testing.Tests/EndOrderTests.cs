using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Testing;

/// <summary>A server that ends before its mocks.</summary>
public sealed class EndOrderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_EndsFirst_NobodyWaitsForATimeLimit(bool resumes)
    {
        // A clock that stands: whatever waits for it waits for ever.
        var helios = Helios.Create(options => options.TimeProvider = new FakeTimeProvider());
        var mock = resumes ? await MockStarling.ConnectAsync(helios) : new MockStarling(helios);

        await helios.DisposeAsync().AsTask().InTime();
        await mock.DisposeAsync().AsTask().InTime();

        Assert.False(mock.IsConnected);
    }
}

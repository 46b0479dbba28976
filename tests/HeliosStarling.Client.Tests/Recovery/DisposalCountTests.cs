namespace HeliosStarling.Recovery;

/// <summary>A client that is disposed of at any moment leaves no connection behind.</summary>
public class DisposalCountTests
{
    private const int Clients = 200;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeAsync_WhileItConnects_LeavesNoConnection(bool resumes)
    {
        await using var server = await TestServer.StartAsync();
        var random = new Random(7);

        for (var i = 0; i < Clients; i++)
        {
            StarlingClient? client = null;
            var connecting = StarlingClient.ConnectAsync(server.Url, options => options.Resume = resumes, made => client = made);
            await PassAsync(random.Next(40));
            await client!.DisposeAsync().AsTask().InTime();
            Assert.Equal(ConnectionState.Closed, client.State);
            if (await Record.ExceptionAsync(() => connecting.InTime()) is { } failure)
                Assert.Equal("CONNECTION_CLOSED", Assert.IsType<HeliosException>(failure).Code);
        }

        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 0);
    }

    [Fact]
    public async Task DisposeAsync_WhileItComesBack_LeavesNoConnection()
    {
        await using var server = await TestServer.StartAsync();
        var random = new Random(7);

        for (var i = 0; i < Clients / 4; i++)
        {
            var reconnecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var client = await server.ConnectAsync(
                options => options.ReconnectDelay = TimeSpan.FromMilliseconds(1),
                client => client.Events.On("starling:reconnecting", _ => reconnecting.TrySetResult()));
            foreach (var starling in server.Helios.Starlings.Filter(starling => starling.IsConnected)) await starling.CloseAsync(1001);
            await reconnecting.Task.InTime();
            await PassAsync(random.Next(60));
            await client.DisposeAsync().AsTask().InTime();
            Assert.Equal(ConnectionState.Closed, client.State);
        }

        await Eventually.TrueAsync(() => server.Helios.Starlings.ConnectedCount == 0);
    }

    /// <summary>Waits a random time, so that the client is at a random point of connecting.</summary>
    private static async Task PassAsync(int yields)
    {
        for (var i = 0; i < yields; i++) await Task.Yield();
    }
}

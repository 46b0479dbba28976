using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HeliosStarling.Wire;

/// <summary>An upgrade filter is told when its client disconnects, and only then.</summary>
public sealed class LeanDepartureTests : IAsyncDisposable
{
    private static readonly byte[] s_request = Encoding.ASCII.GetBytes(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    private readonly Helios _helios = Helios.Create();
    private TaskCompletionSource<CancellationToken> _entered = NewSignal();

    public ValueTask DisposeAsync() => _helios.DisposeAsync();

    [Fact]
    public async Task Filter_Waits_IsToldWhenTheClientLeavesAndNotBefore()
    {
        _helios.UseUpgrade(async (context, next) =>
        {
            _entered.SetResult(context.Aborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Aborted);
        });
        await using var listener = await _helios.StartAsync("http://127.0.0.1:0", TestContext.Current.CancellationToken);

        for (var round = 0; round < 100; round++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await client.ConnectAsync(IPAddress.Loopback, listener.Addresses[0].Port, TestContext.Current.CancellationToken);
            // In pieces: a piece is often read before its wake-up, which then finds no new bytes.
            foreach (var piece in s_request.Chunk(4)) client.Send(piece);
            var aborted = await _entered.Task.InTime();
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = aborted.Register(told.SetResult);
            for (var i = 0; i < 50; i++) await Task.Yield();
            Assert.False(aborted.IsCancellationRequested);

            _entered = NewSignal();
            client.Dispose();
            await told.Task.InTime();
        }
    }

    private static TaskCompletionSource<CancellationToken> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

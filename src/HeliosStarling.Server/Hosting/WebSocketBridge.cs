using System.Buffers;
using System.Net.WebSockets;

namespace HeliosStarling;

/// <summary>
/// Makes bytes of a WebSocket that a web server hands over as an object, as the <c>TestServer</c> of ASP.NET Core does: Helios frames
/// messages itself. What a real web server hands over are bytes, and comes nowhere near here.
/// </summary>
internal static class WebSocketBridge
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Takes over a WebSocket.</summary>
    /// <param name="socket">The WebSocket, of which this disposes.</param>
    /// <param name="aborted">Cuts the connection.</param>
    /// <returns>The bytes of its frames, as a server reads and writes them. Dispose of it to cut the connection.</returns>
    public static Stream Open(WebSocket socket, CancellationToken aborted)
    {
        var (input, output) = (new ByteChannel(), new ByteChannel());
        var far = WebSocket.CreateFromStream(
            new InMemoryStream(output, input), new WebSocketCreationOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        _ = RunAsync(socket, far, aborted);
        return new InMemoryStream(input, output);
    }

    private static async Task RunAsync(WebSocket near, WebSocket far, CancellationToken aborted)
    {
        using (near)
        using (far)
        {
            await Task.WhenAll(PassAsync(near, far, aborted), PassAsync(far, near, aborted)).ConfigureAwait(false);
        }
    }

    /// <summary>Passes messages on, fragment by fragment, until one side closes or is gone.</summary>
    private static async Task PassAsync(WebSocket from, WebSocket to, CancellationToken aborted)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(), aborted)
                .ConfigureAwait(false) is { MessageType: not WebSocketMessageType.Close } received)
                await to.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, aborted)
                    .ConfigureAwait(false);
            await to.CloseOutputAsync(from.CloseStatus ?? WebSocketCloseStatus.Empty, from.CloseStatusDescription, aborted)
                .ConfigureAwait(false);
        }
        catch (Exception)
        {
            // One side is gone, whatever it fails with: so is the other.
            from.Abort();
            to.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

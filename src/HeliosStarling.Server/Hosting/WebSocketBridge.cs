using System.Buffers;
using System.Net.WebSockets;

namespace HeliosStarling;

/// <summary>
/// Converts a WebSocket object into a stream of frames, because Helios frames messages itself. It is needed for the <c>TestServer</c> of
/// ASP.NET Core only. A real web server hands over a stream.
/// </summary>
internal static class WebSocketBridge
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Opens a stream over a WebSocket.</summary>
    /// <param name="socket">The WebSocket. It is disposed with the connection.</param>
    /// <param name="aborted">Cuts the connection.</param>
    /// <returns>The server's side of a stream of frames. Dispose it to cut the connection.</returns>
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

    /// <summary>Forwards messages, fragment by fragment, until one side closes or fails.</summary>
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
            // One side has failed, so the other one ends, too.
            from.Abort();
            to.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

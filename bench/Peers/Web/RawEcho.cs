using System.Buffers;
using System.Net.WebSockets;

namespace HeliosStarling.Peers;

/// <summary>The framework's WebSocket, which sends every message back.</summary>
internal static class RawEcho
{
    private const int BufferLength = 4 * 1024;

    public static async Task RunAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            await EchoAsync(socket, buffer, context.RequestAborted);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client has disconnected.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task EchoAsync(WebSocket socket, Memory<byte> buffer, CancellationToken aborted)
    {
        while (true)
        {
            var piece = await socket.ReceiveAsync(buffer, aborted);
            if (piece.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer[..piece.Count], piece.MessageType, piece.EndOfMessage, aborted);
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, aborted);
    }
}

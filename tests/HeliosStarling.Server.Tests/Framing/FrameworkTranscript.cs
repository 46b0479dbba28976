using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace HeliosStarling.Framing;

/// <summary>The result of the framework's WebSocket for the same bytes, in the form of <see cref="Transcript"/>.</summary>
internal static class FrameworkTranscript
{
    public static List<string> OfBytes(byte[] bytes, out bool isCutOff)
    {
        var stream = new OneWayStream(bytes);
        var options = new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero };
        using var socket = WebSocket.CreateFromStream(stream, options);
        isCutOff = false;
        var lines = new List<string>();
        try
        {
            while (socket.State == WebSocketState.Open) lines.Add(ReadMessage(socket));
        }
        catch (WebSocketException e) when (e.WebSocketErrorCode == WebSocketError.ConnectionClosedPrematurely)
        {
            isCutOff = true;
        }
        catch (WebSocketException)
        {
            lines.Add($"Invalid {stream.CloseCode}");
        }

        return lines;
    }

    private static string ReadMessage(WebSocket socket)
    {
        var payload = new List<byte>();
        var buffer = new byte[100];
        while (true)
        {
            // Completes at once: the stream never waits.
            var result = socket.ReceiveAsync(buffer, CancellationToken.None).GetAwaiter().GetResult();
            if (result.MessageType == WebSocketMessageType.Close)
                return $"Close {(int?)socket.CloseStatus} {socket.CloseStatusDescription}".TrimEnd();

            payload.AddRange(buffer[..result.Count]);
            if (!result.EndOfMessage) continue;
            return result.MessageType == WebSocketMessageType.Text
                ? $"Text {Encoding.UTF8.GetString([.. payload])}"
                : $"Binary {Convert.ToHexString([.. payload])}".TrimEnd();
        }
    }

    /// <summary>Gives fixed bytes and records the code of the close frame that is written to it.</summary>
    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public int CloseCode { get; private set; }

        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.Span[0] == 0x88 && buffer.Length >= 4) CloseCode = BinaryPrimitives.ReadUInt16BigEndian(buffer.Span[2..]);
            return default;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }
    }
}

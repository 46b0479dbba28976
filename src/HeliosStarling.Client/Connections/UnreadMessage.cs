using System.Net.WebSockets;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A message that is larger than the client takes. It is skipped, and only its start is kept.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
internal sealed class UnreadMessage
{
    // A request id is searched in as many bytes as on a server (docs/protocol.md section 4).
    private const int StartLength = 4 * 1024;
    private const int ReadLength = 16 * 1024;

    private readonly WebSocket _socket;
    private readonly Engine _engine;

    /// <param name="socket">The WebSocket to read the rest from.</param>
    /// <param name="engine">The client's engine, which has the size limit.</param>
    /// <param name="isText">Whether it is a text message, and so may be an answer.</param>
    /// <param name="read">The part that has been received.</param>
    public UnreadMessage(WebSocket socket, Engine engine, bool isText, ReadOnlyMemory<byte> read)
    {
        (_socket, _engine, IsText, Size) = (socket, engine, isText, read.Length);
        Start = read[..Math.Min(read.Length, StartLength)].ToArray();
    }

    /// <summary>Whether it is a text message.</summary>
    public bool IsText { get; }

    /// <summary>The first bytes of the message.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>The number of received bytes of the message.</summary>
    public long Size { get; private set; }

    /// <summary>Whether it is too large even to be skipped.</summary>
    public bool IsFarTooLarge => Size > (long)_engine.MaxMessageSize * ProtocolLimits.TooLargeFactor;

    /// <summary>Whether the server has closed before the end of the message.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Reads to the end of the message, unless it is far too large.</summary>
    public async ValueTask ReadPastAsync(CancellationToken cancellationToken)
    {
        var buffer = _engine.Buffers.Rent(ReadLength);
        try
        {
            for (var isEnd = false; !isEnd && !IsFarTooLarge;)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
                Size += received.Count;
                IsCutShort = received.MessageType == WebSocketMessageType.Close;
                isEnd = received.EndOfMessage || IsCutShort;
            }
        }
        finally
        {
            _engine.Buffers.Return(buffer);
        }
    }
}

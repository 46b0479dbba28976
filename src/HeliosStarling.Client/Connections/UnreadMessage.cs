using System.Net.WebSockets;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A message that is larger than the client takes: it is read past, and only its start is kept.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
internal sealed class UnreadMessage
{
    // As much as a server looks through for a request id (docs/protocol.md section 4).
    private const int StartLength = 4 * 1024;
    private const int ReadLength = 16 * 1024;

    private readonly WebSocket _socket;
    private readonly Engine _engine;

    /// <param name="socket">Where the rest comes from.</param>
    /// <param name="engine">Whose limit it is over.</param>
    /// <param name="isText">Whether it is text, and so may be an answer.</param>
    /// <param name="read">What has come of it.</param>
    public UnreadMessage(WebSocket socket, Engine engine, bool isText, ReadOnlyMemory<byte> read)
    {
        (_socket, _engine, IsText, Size) = (socket, engine, isText, read.Length);
        Start = read[..Math.Min(read.Length, StartLength)].ToArray();
    }

    /// <summary>Whether it is text.</summary>
    public bool IsText { get; }

    /// <summary>Its first bytes.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>How many bytes of it have come.</summary>
    public long Size { get; private set; }

    /// <summary>Whether it is too large even to be read past.</summary>
    public bool IsFarTooLarge => Size > (long)_engine.MaxMessageSize * ProtocolLimits.TooLargeFactor;

    /// <summary>Whether the server has closed before its end.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Reads to its end, as long as it is not far too large.</summary>
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

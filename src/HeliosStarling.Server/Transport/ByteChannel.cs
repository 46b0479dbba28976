using System.Threading.Channels;

namespace HeliosStarling;

/// <summary>One direction of an in-memory connection.</summary>
/// <remarks>One reader and one writer at a time; ending it is safe at any time.</remarks>
internal sealed class ByteChannel
{
    // A peer that does not read holds its sender back after this many writes, as a full socket buffer does.
    private const int Capacity = 16;

    private readonly Channel<ReadOnlyMemory<byte>> _chunks = Channel.CreateBounded<ReadOnlyMemory<byte>>(Capacity);
    private ReadOnlyMemory<byte> _rest;

    /// <summary>
    /// Waits for bytes; 0 when there are none any more, and at once when bytes are there and <paramref name="buffer"/> is empty.
    /// </summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_rest.IsEmpty)
        {
            if (_chunks.Reader.TryRead(out _rest)) continue;
            if (!await _chunks.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false)) return 0;
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    /// <exception cref="IOException">The connection has ended.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        try
        {
            await _chunks.Writer.WriteAsync(bytes.ToArray(), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException exception)
        {
            throw new IOException("The connection has ended.", exception);
        }
    }

    /// <summary>Lets the reader take what is there, then tells it the end, or the fault.</summary>
    public void End(Exception? fault = null) => _chunks.Writer.TryComplete(fault);
}

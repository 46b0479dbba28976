using System.Threading.Channels;

namespace HeliosStarling;

/// <summary>One direction of an in-memory connection.</summary>
/// <remarks>For one reader and one writer at a time. <see cref="End"/> is safe to call at any time.</remarks>
internal sealed class ByteChannel
{
    // A sender waits after this many unread writes, as it would at a full socket buffer.
    private const int Capacity = 16;

    private readonly Channel<ReadOnlyMemory<byte>> _chunks = Channel.CreateBounded<ReadOnlyMemory<byte>>(Capacity);
    private ReadOnlyMemory<byte> _rest;

    /// <summary>
    /// Waits for bytes and returns their number; 0 at the end. With an empty <paramref name="buffer"/> it returns as soon as there are
    /// bytes.
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

    /// <summary>Ends the channel: the reader gets the bytes that are left, and then the end or the fault.</summary>
    public void End(Exception? fault = null) => _chunks.Writer.TryComplete(fault);
}

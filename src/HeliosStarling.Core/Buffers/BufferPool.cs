using System.Buffers;

namespace HeliosStarling;

/// <summary>
/// Rents buffers and counts all bytes that the server keeps for its peers: partly received messages, payloads of open requests, and frames
/// that are queued or not acknowledged. Bytes outside of rented buffers are counted with <see cref="Charge"/>. An idle connection must not
/// hold a buffer.
/// </summary>
/// <param name="limit">The maximum number of bytes in use. Default: no limit.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class BufferPool(long limit = long.MaxValue)
{
    /// <summary>
    /// The bytes that a peer may always use for each purpose. This is enough for small messages, and little enough for a server with many
    /// peers.
    /// </summary>
    public const long Least = 64 * 1024;

    // A party may use a quarter of the memory that the other parties do not use. Three quarters of it stay free for the others.
    private const int ShareDivisor = 4;

    // A peer whose share is less than this fraction of the limit has no room for larger messages.
    private const int LowShareDivisor = 256;

    private long _rented;

    /// <summary>The number of bytes in use, including charged bytes.</summary>
    public long Rented => Volatile.Read(ref _rented);

    /// <summary>
    /// Returns the number of bytes that one party may use for all purposes together: a quarter of the memory that the other parties do not
    /// use, but at least <see cref="Least"/>.
    /// </summary>
    /// <param name="own">The number of counted bytes that belong to the party.</param>
    public long ShareOf(long own) => Math.Max(Least, (limit - Math.Max(0, Rented - own)) / ShareDivisor);

    /// <summary>The share of a peer below which larger messages have no room.</summary>
    public long LowShare => Math.Max(2 * Least, limit / LowShareDivisor);

    /// <summary>Indicates whether all parties together use more than three quarters of the limit.</summary>
    public bool IsShort => Rented > limit / ShareDivisor * (ShareDivisor - 1);

    /// <summary>
    /// Counts bytes that are kept for a peer outside of rented buffers, such as copies of messages for the application. A negative number
    /// subtracts them again.
    /// </summary>
    public void Charge(long bytes) => Interlocked.Add(ref _rented, bytes);

    /// <summary>Rents a buffer of at least <paramref name="minimumLength"/> bytes. It is not cleared.</summary>
    public byte[] Rent(int minimumLength)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(minimumLength);
        Interlocked.Add(ref _rented, buffer.Length);
        return buffer;
    }

    /// <summary>Returns a rented buffer. Call this once for each buffer, and do not use the buffer afterwards.</summary>
    public void Return(byte[] buffer)
    {
        Interlocked.Add(ref _rented, -buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

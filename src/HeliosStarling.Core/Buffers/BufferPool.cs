using System.Buffers;

namespace HeliosStarling;

/// <summary>
/// Counts all bytes that the server keeps for its peers: half-received messages, payloads of open requests, and frames that peers have not
/// taken yet. They are in buffers rented here, or are counted with them. An idle connection must hold no buffer.
/// </summary>
/// <param name="limit">How many bytes should be out at most. Default any number.</param>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class BufferPool(long limit = long.MaxValue)
{
    /// <summary>
    /// What a peer may always have for each purpose: so little that the largest server bears it, and enough for all small messages.
    /// </summary>
    public const long Least = 64 * 1024;

    // A party may have a quarter of what the others have left. So three quarters of it stay free for everybody else.
    private const int Sharers = 4;

    // Of the limit: a peer that may have less finds no room for messages of some size.
    private const int Parts = 256;

    private long _rented;

    /// <summary>How many bytes are out now, those charged included.</summary>
    public long Rented => Volatile.Read(ref _rented);

    /// <summary>
    /// How many bytes one party may have, all purposes together: a quarter of what is not the other parties', and <see cref="Least"/> in
    /// any case.
    /// </summary>
    /// <param name="own">How many of the counted bytes are the party's own.</param>
    public long ShareOf(long own) => Math.Max(Least, (limit - Math.Max(0, Rented - own)) / Sharers);

    /// <summary>How many bytes are too few for a peer: a message of some size finds no room.</summary>
    public long NearlyNothing => Math.Max(2 * Least, limit / Parts);

    /// <summary>Whether the parties together have so much that little is left for one more.</summary>
    public bool IsShort => Rented > limit / Sharers * (Sharers - 1);

    /// <summary>
    /// Counts bytes that are kept for a peer elsewhere, such as what the application was given of a message; a negative number when they
    /// are not any more.
    /// </summary>
    public void Charge(long bytes) => Interlocked.Add(ref _rented, bytes);

    /// <summary>A buffer of at least <paramref name="minimumLength"/> bytes, with whatever its last user left in it.</summary>
    public byte[] Rent(int minimumLength)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(minimumLength);
        Interlocked.Add(ref _rented, buffer.Length);
        return buffer;
    }

    /// <summary>Gives a rented buffer back, once; it must not be touched afterwards.</summary>
    public void Return(byte[] buffer)
    {
        Interlocked.Add(ref _rented, -buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}

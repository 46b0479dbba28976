using System.Buffers;

namespace HeliosStarling;

/// <summary>Reads the head of a request from a bare connection, in memory that grows with what has come.</summary>
internal static class LeanHead
{
    // Most heads fit. A client that sends little makes the server keep little.
    private const int FirstSize = 2048;

    /// <summary>Reads until the head is complete or cannot become valid.</summary>
    /// <returns>The head or why it is none, and what came behind it; nothing when the client went away.</returns>
    public static async Task<(RequestHead? Head, Refusal? Refusal, byte[] Early)> ReadAsync(Stream stream, CancellationToken deadline)
    {
        // Nothing is kept for a client that says nothing.
        await stream.ReadAsync(Memory<byte>.Empty, deadline).ConfigureAwait(false);
        // Not of the counted ones: strangers who only open sockets must not take what those inside need.
        var buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
        try
        {
            for (var length = 0; ;)
            {
                if (length == buffer.Length) Grow(ref buffer);
                var count = await stream.ReadAsync(buffer.AsMemory(length), deadline).ConfigureAwait(false);
                if (count == 0) return (null, null, []);
                length += count;
                var status = RequestHeadReader.TryRead(buffer.AsSpan(0, length), out var head, out var refusal);
                if (status == HeadStatus.Invalid) return (null, refusal, []);
                if (status == HeadStatus.Complete) return (head, null, buffer[head!.Size..length]);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // To RequestHead.MaxSize at most: with so many bytes every head is decided.
    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

using System.Buffers;

namespace HeliosStarling;

/// <summary>Reads the head of a request from a bare connection. Its buffer grows with the received bytes.</summary>
internal static class LeanHead
{
    // Most heads fit into this size. A client that sends little costs little memory.
    private const int FirstSize = 2048;

    /// <summary>Reads until the head is complete or invalid.</summary>
    /// <returns>The head or the refusal, and the bytes after the head. No head and no refusal when the client has disconnected.</returns>
    public static async Task<(RequestHead? Head, Refusal? Refusal, byte[] Early)> ReadAsync(Stream stream, CancellationToken deadline)
    {
        // A client that sends nothing costs no buffer.
        await stream.ReadAsync(Memory<byte>.Empty, deadline).ConfigureAwait(false);
        // Not from the counted pool: clients that only open sockets must not take memory from connected clients.
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

    // The buffer does not grow beyond RequestHead.MaxSize: every head is complete or invalid by then.
    private static void Grow(ref byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

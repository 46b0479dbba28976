using System.Security.Cryptography;

namespace HeliosStarling;

/// <summary>
/// A ping that tests whether a client is alive while none of its messages is read yet (docs/protocol.md section 7, rule 5). Bytes that a
/// dead client has left in the network contain no answer to it.
/// </summary>
/// <remarks><see cref="Look"/> is called by the reader only. Other members are safe to call concurrently.</remarks>
/// <remarks>The reader looks for the answer; everything else is safe to call concurrently.</remarks>
internal sealed class LifeProof
{
    private const int PayloadLength = 8;

    private readonly TaskCompletionSource<bool> _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _payload = RandomNumberGenerator.GetBytes(PayloadLength);

    // The start of the first frame that was incomplete at the last look.
    private int _next;

    /// <summary>The payload of the ping.</summary>
    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>Completes with true when the client has answered, with false when its connection ends first.</summary>
    public Task<bool> Given => _given.Task;

    /// <summary>Ends the test as failed, because the connection ends.</summary>
    public void GiveUp() => _given.TrySetResult(false);

    /// <summary>Looks for the pong among the frames that have arrived.</summary>
    /// <param name="unread">All bytes that have arrived since the upgrade.</param>
    public void Look(ReadOnlySpan<byte> unread)
    {
        while (!Given.IsCompleted && FrameHeader.TryRead(unread[_next..], out var header, out var size))
        {
            var left = unread.Length - _next - size;
            if (header.Length > (ulong)left) return;
            if (header.Opcode == Opcode.Close) GiveUp();
            if (header.Opcode == Opcode.Pong && IsAnswer(unread.Slice(_next + size, (int)header.Length), header.Mask))
                _given.TrySetResult(true);
            _next += size + (int)header.Length;
        }
    }

    private bool IsAnswer(ReadOnlySpan<byte> payload, uint mask)
    {
        if (payload.Length != PayloadLength) return false;
        Span<byte> unmasked = stackalloc byte[PayloadLength];
        payload.CopyTo(unmasked);
        Masking.Apply(unmasked, mask);
        return unmasked.SequenceEqual(_payload);
    }
}

using System.Security.Cryptography;

namespace HeliosStarling;

/// <summary>
/// A ping whose answer shows that a client lives, while none of its messages is read yet (docs/protocol.md section 7, rule 5): what a dead
/// life has left in the network answers no ping.
/// </summary>
/// <remarks>The reader looks for the answer; everything else is safe to call concurrently.</remarks>
internal sealed class LifeProof
{
    private const int PayloadLength = 8;

    private readonly TaskCompletionSource<bool> _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _payload = RandomNumberGenerator.GetBytes(PayloadLength);

    // Where the first frame starts that was not all there at the last look.
    private int _next;

    /// <summary>What the ping carries.</summary>
    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>Completes with whether the client lives; false when its connection ends first.</summary>
    public Task<bool> Given => _given.Task;

    /// <summary>The connection ends.</summary>
    public void GiveUp() => _given.TrySetResult(false);

    /// <summary>Looks for the answer among the frames that have come.</summary>
    /// <param name="unread">All that has come since the upgrade.</param>
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

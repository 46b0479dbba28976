namespace HeliosStarling;

/// <summary>
/// The message size limit of a receiver. Larger messages are not sent (docs/protocol.md section 4). An answer is replaced by an error. Any
/// other message is refused to its sender or, when the sender cannot be informed any more, dropped.
/// </summary>
/// <param name="refuse">Creates the error that replaces an answer that exceeds the given limit.</param>
/// <remarks>Not thread-safe; guarded by the lock of the outbox.</remarks>
internal sealed class SizeLimit(Func<Frame, int, Frame> refuse)
{
    private int _bytes = int.MaxValue;
    private List<Frame>? _tooLarge;

    /// <summary>The limit in bytes. Default: no limit, until the receiver announces one. May be read without the lock.</summary>
    public int Bytes
    {
        get => Volatile.Read(ref _bytes);
        set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>Determines whether a frame exceeds the limit.</summary>
    public bool IsExceededBy(Frame frame) => frame.Size > Bytes;

    /// <summary>Replaces an answer that exceeds the limit by an error.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>False when the frame exceeds the limit and is not an answer.</returns>
    public bool TryFit(ref Frame frame)
    {
        if (!IsExceededBy(frame)) return true;
        if (frame.Kind != FrameKind.Response) return false;
        var answer = frame;
        frame = refuse(answer, Bytes);
        answer.Release();
        return true;
    }

    /// <summary>Applies the limit to queued messages, because the receiver has reconnected with a lower one.</summary>
    public void Apply(FrameRing frames)
    {
        if (Bytes == int.MaxValue) return;
        frames.ReplaceLarger(Bytes, frame =>
        {
            if (frame.Kind != FrameKind.Response) (_tooLarge ??= []).Add(frame.Retain());
            // A missing item would change a streamed answer, so the answer fails instead.
            return frame.Kind is FrameKind.Response or FrameKind.StreamItem ? refuse(frame, Bytes) : null;
        });
    }

    /// <summary>
    /// Takes the queued messages that exceed the limit and are not answers, each with a reference; null when there are none.
    /// </summary>
    public List<Frame>? TakeTooLarge()
    {
        var tooLarge = _tooLarge;
        _tooLarge = null;
        return tooLarge;
    }
}

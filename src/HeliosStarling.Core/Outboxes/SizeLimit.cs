namespace HeliosStarling;

/// <summary>
/// The largest message that a receiver takes. What is larger is not sent (docs/protocol.md section 4): an answer fails in its place,
/// anything else is refused to its sender or, where nobody can be told any more, left out.
/// </summary>
/// <param name="refuse">Makes the failure that stands in for an answer that is larger than a number of bytes.</param>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal sealed class SizeLimit(Func<Frame, int, Frame> refuse)
{
    private int _bytes = int.MaxValue;
    private List<Frame>? _over;

    /// <summary>The limit in bytes. Default any number: the receiver has not said. May be read without the lock.</summary>
    public int Bytes
    {
        get => Volatile.Read(ref _bytes);
        set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>Whether a frame is over the limit.</summary>
    public bool IsExceededBy(Frame frame) => frame.Size > Bytes;

    /// <summary>Puts a failure in the place of an answer that is over the limit.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>False when the frame is over the limit and no answer.</returns>
    public bool TryFit(ref Frame frame)
    {
        if (!IsExceededBy(frame)) return true;
        if (frame.Kind != FrameKind.Response) return false;
        var answer = frame;
        frame = refuse(answer, Bytes);
        answer.Release();
        return true;
    }

    /// <summary>Applies the limit to what is queued already, because the receiver has come back with a lower one.</summary>
    public void Apply(FrameRing frames)
    {
        if (Bytes == int.MaxValue) return;
        frames.ReplaceLarger(Bytes, frame =>
        {
            if (frame.Kind != FrameKind.Response) (_over ??= []).Add(frame.Retain());
            // An item that is left out would make a streamed answer another one, so that fails instead.
            return frame.Kind is FrameKind.Response or FrameKind.StreamItem ? refuse(frame, Bytes) : null;
        });
    }

    /// <summary>What was queued, is over the limit and no answer, each with a reference; null when there is nothing.</summary>
    public List<Frame>? TakeOver()
    {
        var over = _over;
        _over = null;
        return over;
    }
}

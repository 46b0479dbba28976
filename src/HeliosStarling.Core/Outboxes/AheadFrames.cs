using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// The frames that the linked connection sends before all messages: the welcome, answers to pings, and then the newest acknowledgement.
/// They are discarded with the connection.
/// </summary>
/// <remarks>Not thread-safe; guarded by the lock of the outbox. A mutable struct: use it only as a field and never copy it.</remarks>
internal struct AheadFrames
{
    // The maximum cost of unsent answers to pings.
    private const long Most = BufferPool.Least;

    private Queue<Frame>? _frames;
    private Frame? _ack;
    private long _cost;

    /// <summary>Indicates whether the frames should be sent soon. This is a hint that is read without the lock.</summary>
    public readonly bool IsHalfFull => _cost >= Most / 2;

    /// <summary>
    /// Adds a frame and takes over one reference. Returns false, and releases the frame, when too many frames are unsent.
    /// </summary>
    public bool TryAdd(Frame frame)
    {
        var hasRoom = _cost + frame.Cost <= Most;
        if (hasRoom) Add(frame);
        else frame.Release();
        return hasRoom;
    }

    /// <summary>Adds a frame and takes over one reference.</summary>
    public void Add(Frame frame)
    {
        (_frames ??= new Queue<Frame>()).Enqueue(frame);
        _cost += frame.Cost;
    }

    /// <summary>Replaces the unsent acknowledgement, if there is one, and takes over one reference.</summary>
    public void Replace(Frame ack)
    {
        _ack?.Release();
        _ack = ack;
    }

    /// <summary>Removes and returns the next frame.</summary>
    public bool TryTake([NotNullWhen(true)] out Frame? frame)
    {
        if (_frames is not null && _frames.TryDequeue(out frame))
        {
            _cost -= frame.Cost;
            return true;
        }
        (frame, _ack, _frames) = (_ack, null, null);
        return frame is not null;
    }

    /// <summary>Releases all frames.</summary>
    public void Clear()
    {
        while (TryTake(out var frame)) frame.Release();
    }
}

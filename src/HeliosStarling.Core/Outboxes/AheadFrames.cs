using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// What goes to the linked connection ahead of all messages and ends with it: the welcome, answers to pings, then the newest
/// acknowledgement.
/// </summary>
/// <remarks>Not thread-safe: its outbox locks. A mutable struct: to be a field, never a copy.</remarks>
internal struct AheadFrames
{
    // What the answers to a peer's pings may take while it does not read them.
    private const long Most = BufferPool.Least;

    private Queue<Frame>? _frames;
    private Frame? _ack;
    private long _cost;

    /// <summary>Whether sending should not be put off any longer; a hint, read without the lock.</summary>
    public readonly bool IsHalfFull => _cost >= Most / 2;

    /// <summary>Adds a frame and takes over one reference; false, and it is released, when the peer has left too many unread.</summary>
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

    /// <summary>Puts an acknowledgement in the place of one that waits, and takes over one reference.</summary>
    public void Replace(Frame ack)
    {
        _ack?.Release();
        _ack = ack;
    }

    /// <summary>Takes the next frame out.</summary>
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

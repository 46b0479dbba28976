using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>A growing ring of frames that can also lose one from its middle.</summary>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal sealed class FrameRing
{
    private Frame?[] _slots = [];
    private int _head;
    private int _used;

    /// <summary>How many frames are held.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they have, headers aside.</summary>
    public long Bytes { get; private set; }

    public void Enqueue(Frame frame)
    {
        if (_used == _slots.Length) Grow();
        _slots[(_head + _used++) & (_slots.Length - 1)] = frame;
        Count++;
        Bytes += frame.Size;
    }

    public bool TryDequeue([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        while (frame is null && _used > 0)
        {
            frame = _slots[_head];
            _slots[_head] = null;
            _head = (_head + 1) & (_slots.Length - 1);
            _used--;
        }
        if (frame is null) return false;
        Remove(frame);
        return true;
    }

    /// <summary>Takes out the oldest frame that may be dropped; its slot stays empty until it comes to the front.</summary>
    public bool TryRemoveOldestDroppable([NotNullWhen(true)] out Frame? frame)
    {
        for (var i = 0; i < _used; i++)
        {
            ref var slot = ref _slots[(_head + i) & (_slots.Length - 1)];
            if (slot is null or { Kind: FrameKind.Response or FrameKind.Request }) continue;
            (frame, slot) = (slot, null);
            Remove(frame);
            return true;
        }
        frame = null;
        return false;
    }

    private void Remove(Frame frame)
    {
        Count--;
        Bytes -= frame.Size;
    }

    private void Grow()
    {
        // A power of two, so that positions wrap by a mask.
        var larger = new Frame?[Math.Max(4, _slots.Length * 2)];
        for (var i = 0; i < _used; i++) larger[i] = _slots[(_head + i) & (_slots.Length - 1)];
        (_slots, _head) = (larger, 0);
    }
}

using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>A growing ring of frames that can also lose one from its middle.</summary>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal sealed class FrameRing
{
    // Beyond this, an emptied ring gives its slots back: one burst must not cost an idle connection for ever.
    private const int KeptSlots = 64;

    // Frames stand at positions that only grow; a position's slot is its remainder by the (power of two) length.
    private Frame?[] _slots = [];
    private long _head;
    private long _tail;

    // No frame before this position may be dropped, so that a search need not pass the same answers again.
    private long _firstDroppable;

    /// <summary>How many frames are held.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they have, headers aside.</summary>
    public long Bytes { get; private set; }

    public void Enqueue(Frame frame)
    {
        if (_tail - _head == _slots.Length) Rebuild();
        Slot(_tail++) = frame;
        Count++;
        Bytes += frame.Size;
    }

    public bool TryDequeue([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        while (frame is null && _head < _tail) frame = Take(_head++);
        if (Count == 0) Reset();
        return frame is not null;
    }

    /// <summary>Takes out the oldest frame that may be dropped.</summary>
    public bool TryRemoveOldestDroppable([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        for (var at = Math.Max(_head, _firstDroppable); at < _tail && frame is null; at++)
        {
            _firstDroppable = at + 1;
            if (Slot(at) is { Kind: FrameKind.Text or FrameKind.Binary }) frame = Take(at);
        }
        return frame is not null;
    }

    private ref Frame? Slot(long position) => ref _slots[position & (_slots.Length - 1)];

    private Frame? Take(long position)
    {
        ref var slot = ref Slot(position);
        var frame = slot;
        slot = null;
        if (frame is null) return null;
        Count--;
        Bytes -= frame.Size;
        return frame;
    }

    // Closes the gaps that drops have left; grows only when that does not free half of the slots.
    private void Rebuild()
    {
        var slots = new Frame?[Count * 2 <= _slots.Length ? Math.Max(4, _slots.Length) : _slots.Length * 2];
        var count = 0;
        for (var at = _head; at < _tail; at++)
        {
            if (Slot(at) is { } frame) slots[count++] = frame;
        }
        (_slots, _head, _tail, _firstDroppable) = (slots, 0, count, 0);
    }

    private void Reset()
    {
        (_head, _tail, _firstDroppable) = (0, 0, 0);
        if (_slots.Length > KeptSlots) _slots = [];
    }
}

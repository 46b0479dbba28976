using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// A growing ring of frames, each with its number, and a pointer to the next one to send. Frames before the pointer were sent and are kept
/// until they are acknowledged. It can also lose a frame from its middle.
/// </summary>
/// <param name="memory">Counts the frames, and the slots of a large ring.</param>
/// <remarks>Not thread-safe: its outbox locks.</remarks>
internal sealed class FrameRing(PeerMemory memory)
{
    // Beyond this, an emptied ring gives its slots back: one burst must not cost an idle connection for ever.
    private const int KeptSlots = 64;

    private const int SlotBytes = 16;

    // Frames stand at positions that only grow; a position's slot is its remainder by the (power of two) length.
    private Slot[] _slots = [];
    private long _head;
    private long _next;
    private long _tail;

    // No frame before these positions may be dropped or shortened, so that a search need not pass the same answers again.
    private long _firstDroppable;
    private long _firstAnswer;

    /// <summary>How many frames are held.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they have, headers aside.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many of them are parts of streamed answers.</summary>
    public int StreamCount { get; private set; }

    /// <summary>How many bytes those have.</summary>
    public long StreamBytes { get; private set; }

    /// <summary>How many bytes of memory those take.</summary>
    public long StreamCost { get; private set; }

    /// <summary>How many frames wait to be sent.</summary>
    public int UnsentCount { get; private set; }

    /// <summary>How many bytes those have.</summary>
    public long UnsentBytes { get; private set; }

    public void Add(Frame frame, long number)
    {
        if (_tail - _head == _slots.Length) Rebuild();
        SlotAt(_tail++) = new Slot(frame, number);
        Account(frame, 1);
        AccountUnsent(frame, 1);
    }

    /// <summary>Looks at the next frame to send.</summary>
    public bool TryPeekNext([NotNullWhen(true)] out Frame? frame, out long number)
    {
        (frame, number) = (null, 0);
        while (_next < _tail && frame is null)
        {
            (frame, number) = SlotAt(_next);
            if (frame is null) _next++;
        }
        return frame is not null;
    }

    /// <summary>Moves the pointer past the frame that was looked at, and gives it this number.</summary>
    public void PassNext(long number)
    {
        ref var slot = ref SlotAt(_next++);
        slot = slot with { Number = number };
        AccountUnsent(slot.Frame!, -1);
    }

    /// <summary>Takes the frame that was looked at out.</summary>
    public Frame RemoveNext()
    {
        var frame = Remove(_next)!;
        _next++;
        while (_head < _next && SlotAt(_head).Frame is null) _head++;
        if (Count == 0) Reset();
        return frame;
    }

    /// <summary>Takes the oldest frame out; there must be one.</summary>
    public Frame RemoveOldest()
    {
        while (SlotAt(_head).Frame is null) _head++;
        var frame = Remove(_head)!;
        _head++;
        _next = Math.Max(_next, _head);
        if (Count == 0) Reset();
        return frame;
    }

    /// <summary>The number of the oldest frame, and whether it was sent; false when none is held.</summary>
    public bool TryPeekOldest(out long number, out bool wasSent)
    {
        while (_head < _tail && SlotAt(_head).Frame is null) _head++;
        _next = Math.Max(_next, _head);
        (number, wasSent) = _head < _tail ? (SlotAt(_head).Number, _head < _next) : (0, false);
        return _head < _tail;
    }

    /// <summary>Moves the pointer back to the oldest frame: all are to be sent again.</summary>
    public void Rewind()
    {
        (_next, UnsentCount, UnsentBytes) = (_head, Count, Bytes);
    }

    /// <summary>Takes out the oldest frame that may be dropped.</summary>
    public bool TryRemoveOldestDroppable([NotNullWhen(true)] out Frame? frame)
    {
        frame = null;
        for (var at = Math.Max(_head, _firstDroppable); at < _tail && frame is null; at++)
        {
            _firstDroppable = at + 1;
            if (SlotAt(at).Frame is { Kind: not (FrameKind.Response or FrameKind.StreamItem) }) frame = Remove(at);
        }
        return frame is not null;
    }

    /// <summary>Puts something shorter in the place of the oldest answer that was not shortened yet.</summary>
    public bool TryReplaceOldestAnswer(Func<Frame, Frame> shorten, [NotNullWhen(true)] out Frame? replaced)
    {
        replaced = null;
        for (var at = Math.Max(_head, _firstAnswer); at < _tail && replaced is null; at++)
        {
            _firstAnswer = at + 1;
            ref var slot = ref SlotAt(at);
            if (slot.Frame is not { Kind: FrameKind.Response } answer) continue;
            var shorter = shorten(answer);
            if (shorter.Size < answer.Size) replaced = Replace(ref slot, shorter, isUnsent: at >= _next);
            else shorter.Release();
        }
        return replaced is not null;
    }

    /// <summary>Gives each frame a new number.</summary>
    public void Renumber(Func<Frame, long, long> number)
    {
        for (var at = _head; at < _tail; at++)
        {
            ref var slot = ref SlotAt(at);
            if (slot.Frame is { } frame) slot = slot with { Number = number(frame, slot.Number) };
        }
    }

    /// <summary>Takes out the frames that wait to be sent and that <paramref name="isDead"/> says nobody needs any more.</summary>
    public int RemoveUnsent(Func<Frame, bool> isDead)
    {
        var removed = 0;
        for (var at = _next; at < _tail; at++)
        {
            if (SlotAt(at).Frame is not { } frame || !isDead(frame)) continue;
            Remove(at)!.Release();
            removed++;
        }
        return removed;
    }

    /// <summary>
    /// Puts what <paramref name="replace"/> makes in the place of each frame over a size, or takes it out where that makes null.
    /// </summary>
    public void ReplaceLarger(int size, Func<Frame, Frame?> replace)
    {
        for (var at = _head; at < _tail; at++)
        {
            ref var slot = ref SlotAt(at);
            if (slot.Frame is not { } frame || frame.Size <= size) continue;
            if (replace(frame) is { } smaller) Replace(ref slot, smaller, isUnsent: at >= _next).Release();
            else Remove(at)!.Release();
        }
    }

    private ref Slot SlotAt(long position) => ref _slots[position & (_slots.Length - 1)];

    private Frame? Remove(long position)
    {
        ref var slot = ref SlotAt(position);
        var frame = slot.Frame;
        slot = default;
        if (frame is null) return null;
        Account(frame, -1);
        if (position >= _next) AccountUnsent(frame, -1);
        return frame;
    }

    private Frame Replace(ref Slot slot, Frame frame, bool isUnsent)
    {
        var replaced = slot.Frame!;
        Account(replaced, -1);
        Account(frame, 1);
        if (isUnsent) UnsentBytes += frame.Size - replaced.Size;
        slot = slot with { Frame = frame };
        return replaced;
    }

    private void Account(Frame frame, int change)
    {
        Count += change;
        Bytes += change * (long)frame.Size;
        memory.AddOutgoing(change * (long)frame.Cost, change * (long)frame.CostOfEach);
        if (frame.Kind != FrameKind.StreamItem) return;
        StreamCount += change;
        StreamBytes += change * (long)frame.Size;
        StreamCost += change * (long)frame.Cost;
    }

    private void AccountUnsent(Frame frame, int change)
    {
        UnsentCount += change;
        UnsentBytes += change * (long)frame.Size;
    }

    // Closes the gaps that drops have left; grows only when that does not free half of the slots.
    private void Rebuild()
    {
        var slots = new Slot[Count * 2 <= _slots.Length ? Math.Max(4, _slots.Length) : _slots.Length * 2];
        var count = 0;
        var next = 0;
        for (var at = _head; at < _tail; at++)
        {
            if (at == _next) next = count;
            if (SlotAt(at) is { Frame: not null } slot) slots[count++] = slot;
        }
        if (_next == _tail) next = count;
        Charge(slots.Length);
        (_slots, _head, _next, _tail, _firstDroppable, _firstAnswer) = (slots, 0, next, count, 0, 0);
    }

    private void Reset()
    {
        (_head, _next, _tail, _firstDroppable, _firstAnswer) = (0, 0, 0, 0, 0);
        if (_slots.Length <= KeptSlots) return;
        Charge(slots: 0);
        _slots = [];
    }

    private void Charge(int slots)
    {
        if (slots != _slots.Length) memory.ChargeSlots(SlotBytes * (long)(Counted(slots) - Counted(_slots.Length)));

        static int Counted(int slots) => slots > KeptSlots ? slots : 0;
    }

    private readonly record struct Slot(Frame? Frame, long Number);
}

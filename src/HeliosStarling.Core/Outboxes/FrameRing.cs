using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>
/// A growing ring of numbered frames, and a pointer to the next one to send. Frames before the pointer were sent and are kept until they
/// are acknowledged. Frames in the middle can be removed.
/// </summary>
/// <param name="memory">Counts the memory of the frames, and of the slots of a large ring.</param>
/// <remarks>Not thread-safe; guarded by the lock of the outbox.</remarks>
internal sealed class FrameRing(PeerMemory memory)
{
    // An empty ring with more slots than this releases them, so that an idle connection does not keep them after a burst.
    private const int KeptSlots = 64;

    private const int SlotBytes = 16;

    // The positions of frames only increase. The slot of a position is the position modulo the length, which is a power of two.
    private Slot[] _slots = [];
    private long _head;
    private long _next;
    private long _tail;

    // No frame before these positions can be dropped or shortened. A search starts there, so that it does not visit the same answers again.
    private long _firstDroppable;
    private long _firstAnswer;

    /// <summary>The number of frames.</summary>
    public int Count { get; private set; }

    /// <summary>The number of bytes in all messages, without headers.</summary>
    public long Bytes { get; private set; }

    /// <summary>The number of items of streamed answers.</summary>
    public int StreamCount { get; private set; }

    /// <summary>The number of bytes in the items of streamed answers.</summary>
    public long StreamBytes { get; private set; }

    /// <summary>The bytes of memory that the items of streamed answers need.</summary>
    public long StreamCost { get; private set; }

    /// <summary>The number of unsent frames.</summary>
    public int UnsentCount { get; private set; }

    /// <summary>The number of bytes in unsent messages.</summary>
    public long UnsentBytes { get; private set; }

    public void Add(Frame frame, long number)
    {
        if (_tail - _head == _slots.Length) Rebuild();
        SlotAt(_tail++) = new Slot(frame, number);
        Account(frame, 1);
        AccountUnsent(frame, 1);
    }

    /// <summary>Returns the next frame to send without removing it.</summary>
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

    /// <summary>Moves the pointer past the next frame and sets the number of that frame.</summary>
    public void PassNext(long number)
    {
        ref var slot = ref SlotAt(_next++);
        slot = slot with { Number = number };
        AccountUnsent(slot.Frame!, -1);
    }

    /// <summary>Removes and returns the next frame to send.</summary>
    public Frame RemoveNext()
    {
        var frame = Remove(_next)!;
        _next++;
        while (_head < _next && SlotAt(_head).Frame is null) _head++;
        if (Count == 0) Reset();
        return frame;
    }

    /// <summary>Removes and returns the oldest frame. There must be one.</summary>
    public Frame RemoveOldest()
    {
        while (SlotAt(_head).Frame is null) _head++;
        var frame = Remove(_head)!;
        _head++;
        _next = Math.Max(_next, _head);
        if (Count == 0) Reset();
        return frame;
    }

    /// <summary>Returns the number of the oldest frame, and whether it was sent. Returns false when there are no frames.</summary>
    public bool TryPeekOldest(out long number, out bool wasSent)
    {
        while (_head < _tail && SlotAt(_head).Frame is null) _head++;
        _next = Math.Max(_next, _head);
        (number, wasSent) = _head < _tail ? (SlotAt(_head).Number, _head < _next) : (0, false);
        return _head < _tail;
    }

    /// <summary>Moves the pointer back to the oldest frame, so that all frames are sent again.</summary>
    public void Rewind()
    {
        (_next, UnsentCount, UnsentBytes) = (_head, Count, Bytes);
    }

    /// <summary>Removes and returns the oldest frame that may be dropped.</summary>
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

    /// <summary>Replaces the oldest answer that is not shortened yet by a shorter one.</summary>
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

    /// <summary>Sets a new number for each frame.</summary>
    public void Renumber(Func<Frame, long, long> number)
    {
        for (var at = _head; at < _tail; at++)
        {
            ref var slot = ref SlotAt(at);
            if (slot.Frame is { } frame) slot = slot with { Number = number(frame, slot.Number) };
        }
    }

    /// <summary>
    /// Removes and releases the unsent frames for which <paramref name="isObsolete"/> returns true. Returns their number.
    /// </summary>
    public int RemoveUnsent(Func<Frame, bool> isObsolete)
    {
        var removed = 0;
        for (var at = _next; at < _tail; at++)
        {
            if (SlotAt(at).Frame is not { } frame || !isObsolete(frame)) continue;
            Remove(at)!.Release();
            removed++;
        }
        return removed;
    }

    /// <summary>
    /// Replaces each frame larger than a size by the result of <paramref name="replace"/>. If the result is null, removes the frame.
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

    // Removes the gaps of dropped frames. Grows only when this does not free half of the slots.
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

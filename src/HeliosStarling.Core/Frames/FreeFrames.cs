using System.Numerics;

namespace HeliosStarling;

/// <summary>
/// Frames that nobody has any more, those of small messages with their buffers. Each thread keeps a few of those that it released for what
/// it encodes next; threads that release more than they encode, as those that deliver broadcasts do, leave them to the others.
/// </summary>
internal sealed class FreeFrames
{
    // As many as answers leave together, and some more; of all sorts together a thread keeps 120 KB at most.
    private const int PerThread = 64;

    // How many change hands at once, at most.
    private const int Batch = PerThread / 2;

    // Buffers of 128, 256, 512 and 1,024 bytes; sort 0 is frames without one.
    private const int SmallestBuffer = 128;
    private const int SizeClasses = 5;

    // What one sort keeps for all threads, its frames aside.
    private const int SharedBytes = 256 * 1024;
    private const int SharedMost = 1024;

    [ThreadStatic] private static FreeFrames[]? s_own;

    private static readonly Shared[] s_shared = [.. Enumerable.Range(0, SizeClasses)
        .Select(static sort => new Shared(Math.Min(SharedMost, SharedBytes / Math.Max(1, BufferLength(sort)))))];

    private readonly Frame?[] _frames = new Frame?[PerThread];
    private readonly Shared _shared;
    private int _count;

    // Twice as many each time: many threads encode one message and end.
    private int _next = 1;

    private FreeFrames(Shared shared) => _shared = shared;

    /// <summary>A buffer for frames of messages of this length, which they keep; empty for large ones, which keep none.</summary>
    /// <param name="length">Room for the header included.</param>
    public static byte[] MakeBuffer(int length) => SortOf(length) is > 0 and var sort ? new byte[BufferLength(sort)] : [];

    /// <summary>Whether a frame keeps its buffer.</summary>
    public static bool Keeps(byte[] buffer) => SortOf(buffer.Length) > 0;

    /// <summary>A free frame with such a buffer; null when there is none.</summary>
    public static Frame? Take(int length) => Own[SortOf(length)].Take();

    /// <summary>Keeps a frame, unless there are enough.</summary>
    public static void Add(Frame frame) => Own[SortOf(frame.BufferLength)].AddOne(frame);

    private static FreeFrames[] Own => s_own ??= [.. s_shared.Select(static shared => new FreeFrames(shared))];

    private static int SortOf(int length)
    {
        var sort = BitOperations.Log2((uint)(length - 1) | (SmallestBuffer - 1)) - BitOperations.Log2(SmallestBuffer) + 2;
        return sort < SizeClasses ? sort : 0;
    }

    private static int BufferLength(int sort) => sort == 0 ? 0 : SmallestBuffer << (sort - 1);

    private Frame? Take()
    {
        if (_count == 0)
        {
            _count = _shared.Take(_frames.AsSpan(0, _next));
            if (_count == 0) return null;
            _next = Math.Min(2 * _next, Batch);
        }
        var frame = _frames[--_count];
        _frames[_count] = null;
        return frame;
    }

    private void AddOne(Frame frame)
    {
        if (_count == PerThread)
        {
            _count -= Batch;
            _shared.Add(_frames.AsSpan(_count, Batch));
        }
        _frames[_count++] = frame;
    }

    /// <summary>Those of one sort that any thread may have.</summary>
    private sealed class Shared(int most)
    {
        private readonly Lock _lock = new();
        private readonly Frame?[] _frames = new Frame?[most];
        private int _count;

        /// <summary>Moves at most as many as there is room for; returns how many.</summary>
        public int Take(Span<Frame?> room)
        {
            if (Volatile.Read(ref _count) == 0) return 0;
            lock (_lock)
            {
                var count = Math.Min(room.Length, _count);
                _count -= count;
                Move(_frames.AsSpan(_count, count), room);
                return count;
            }
        }

        /// <summary>Moves as many as find place; the others are the collector's.</summary>
        public void Add(Span<Frame?> frames)
        {
            lock (_lock)
            {
                var count = Math.Min(frames.Length, most - _count);
                Move(frames[..count], _frames.AsSpan(_count));
                _count += count;
            }
            frames.Clear();
        }

        private static void Move(Span<Frame?> from, Span<Frame?> to)
        {
            from.CopyTo(to);
            from.Clear();
        }
    }
}

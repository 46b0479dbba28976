using System.Numerics;

namespace HeliosStarling;

/// <summary>
/// A pool of released frames. Frames of small messages keep their buffers. Each thread caches some of the frames that it released. A thread
/// that releases more frames than it encodes, such as one that delivers broadcasts, passes them to a pool that all threads share.
/// </summary>
internal sealed class FreeFrames
{
    // More than the number of answers that are usually sent together. All size classes of a thread together have at most 120 KB.
    private const int PerThread = 64;

    // The maximum number of frames that move to or from the shared pool at once.
    private const int Batch = PerThread / 2;

    // Buffers have 128, 256, 512 or 1,024 bytes. Size class 0 is for frames without a buffer.
    private const int SmallestBuffer = 128;
    private const int SizeClasses = 5;

    // The bytes of buffers that the shared pool of one size class keeps.
    private const int SharedBytes = 256 * 1024;
    private const int MaxShared = 1024;

    [ThreadStatic] private static FreeFrames[]? s_ofThread;

    private static readonly Shared[] s_shared = [.. Enumerable.Range(0, SizeClasses)
        .Select(static sizeClass => new Shared(Math.Min(MaxShared, SharedBytes / Math.Max(1, BufferLength(sizeClass)))))];

    private readonly Frame?[] _frames = new Frame?[PerThread];
    private readonly Shared _shared;
    private int _count;

    // The number of frames to get from the shared pool. It doubles each time, because many threads encode only one message.
    private int _refill = 1;

    private FreeFrames(Shared shared) => _shared = shared;

    /// <summary>Creates a buffer for a frame that keeps it; empty for large messages, whose frames keep no buffer.</summary>
    /// <param name="length">The length of the message, including the room for the header.</param>
    public static byte[] MakeBuffer(int length) => SizeClassOf(length) is > 0 and var sizeClass ? new byte[BufferLength(sizeClass)] : [];

    /// <summary>Determines whether a released frame keeps its buffer.</summary>
    public static bool Keeps(byte[] buffer) => SizeClassOf(buffer.Length) > 0;

    /// <summary>Takes a free frame with a buffer for this length; null when there is none.</summary>
    public static Frame? Take(int length) => OfThread[SizeClassOf(length)].Take();

    /// <summary>Adds a released frame to the pool, unless the pool is full.</summary>
    public static void Add(Frame frame) => OfThread[SizeClassOf(frame.BufferLength)].AddOne(frame);

    private static FreeFrames[] OfThread => s_ofThread ??= [.. s_shared.Select(static shared => new FreeFrames(shared))];

    private static int SizeClassOf(int length)
    {
        var sizeClass = BitOperations.Log2((uint)(length - 1) | (SmallestBuffer - 1)) - BitOperations.Log2(SmallestBuffer) + 2;
        return sizeClass < SizeClasses ? sizeClass : 0;
    }

    private static int BufferLength(int sizeClass) => sizeClass == 0 ? 0 : SmallestBuffer << (sizeClass - 1);

    private Frame? Take()
    {
        if (_count == 0)
        {
            _count = _shared.Take(_frames.AsSpan(0, _refill));
            if (_count == 0) return null;
            _refill = Math.Min(2 * _refill, Batch);
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

    /// <summary>The free frames of one size class that all threads share.</summary>
    private sealed class Shared(int capacity)
    {
        private readonly Lock _lock = new();
        private readonly Frame?[] _frames = new Frame?[capacity];
        private int _count;

        /// <summary>Moves frames to the caller, at most as many as it has room for. Returns their number.</summary>
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

        /// <summary>Moves frames from the caller, as many as there is room for. The garbage collector frees the others.</summary>
        public void Add(Span<Frame?> frames)
        {
            lock (_lock)
            {
                var count = Math.Min(frames.Length, capacity - _count);
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

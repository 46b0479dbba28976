namespace HeliosStarling;

/// <summary>
/// Frames that nobody has any more. Each thread keeps a few of those that it released for what it encodes next; threads that release more than they
/// encode, as those that deliver broadcasts do, leave them to the others.
/// </summary>
internal sealed class FreeFrames
{
    // As many as answers leave together, and some more.
    private const int OwnMost = 64;
    private const int SharedMost = 1024;

    // How many change hands at once.
    private const int Portion = OwnMost / 2;

    [ThreadStatic] private static FreeFrames? s_own;

    private static readonly Lock s_lock = new();
    private static readonly Frame?[] s_shared = new Frame?[SharedMost];
    private static int s_sharedCount;

    private readonly Frame?[] _frames = new Frame?[OwnMost];
    private int _count;

    /// <summary>A free frame; null when there is none.</summary>
    public static Frame? Take()
    {
        var own = s_own ??= new FreeFrames();
        if (own._count == 0 && Volatile.Read(ref s_sharedCount) > 0) own.TakePortion();
        if (own._count == 0) return null;
        var frame = own._frames[--own._count];
        own._frames[own._count] = null;
        return frame;
    }

    /// <summary>Keeps a frame, unless there are enough.</summary>
    public static void Add(Frame frame)
    {
        var own = s_own ??= new FreeFrames();
        if (own._count == OwnMost) own.LeavePortion();
        own._frames[own._count++] = frame;
    }

    private void TakePortion()
    {
        lock (s_lock)
        {
            var count = Math.Min(Portion, s_sharedCount);
            s_sharedCount -= count;
            Move(s_shared, s_sharedCount, _frames, 0, count);
            _count = count;
        }
    }

    private void LeavePortion()
    {
        _count -= Portion;
        lock (s_lock)
        {
            var count = Math.Min(Portion, SharedMost - s_sharedCount);
            Move(_frames, _count, s_shared, s_sharedCount, count);
            s_sharedCount += count;
        }
        // What found no place is the collector's.
        Array.Clear(_frames, _count, Portion);
    }

    private static void Move(Frame?[] from, int at, Frame?[] to, int place, int count)
    {
        Array.Copy(from, at, to, place, count);
        Array.Clear(from, at, count);
    }
}

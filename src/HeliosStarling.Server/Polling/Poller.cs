namespace HeliosStarling;

/// <summary>
/// Tells sockets when they may be read or written. It replaces the runtime's own engine, whose thread wakes with every arrival and takes
/// the core from the thread that works on the arrival before. It polls in the thread pool: a thread that has handled one socket looks for
/// the next, and as long as there is one, no other thread is woken. When nothing arrives any more, a thread waits for the kernel, which
/// then wakes the pool.
/// </summary>
/// <remarks>
/// Safe to use concurrently. Always one of these holds: the alarm is set, a run is scheduled, or one has begun and not yet seen to either.
/// </remarks>
internal sealed class Poller : IThreadPoolWorkItem
{
    private const int EventsAtOnce = 64;
    private const uint Watched = Epoll.Readable | Epoll.Writable | Epoll.PeerHangUp | Epoll.EdgeTriggered;

    // How many go on until the pool's other work is let by.
    private const int PerRun = 64;

    // While only patient ones are due, others are looked for behind so many.
    private const int PatientPerLook = 4;

    private static readonly Lock s_making = new();
    private static Poller? s_shared;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly ReadyQueue _due = new();
    private readonly Epoll _epoll = new();
    private readonly Epoll _alarm = new();
    private SocketStream?[] _sockets = new SocketStream?[EventsAtOnce];
    private int _count;
    private int _isScheduled;

    /// <summary>Makes a poller, which polls for as long as the process lives.</summary>
    /// <exception cref="IOException">The kernel refuses, for lack of file handles for example.</exception>
    public Poller()
    {
        _alarm.AddOnce(_epoll);
        new Thread(WaitForAlarms) { Name = "Helios alarm", IsBackground = true }.UnsafeStart();
    }

    /// <summary>The poller of the process; null where there is none, and the runtime's engine does the work.</summary>
    /// <exception cref="IOException">It does not exist yet, and the kernel refuses.</exception>
    public static Poller? Shared => Epoll.IsSupported ? Volatile.Read(ref s_shared) ?? Make() : null;

    /// <summary>Makes the <see cref="Shared"/> poller, so that a server that can't have it does not start.</summary>
    /// <exception cref="IOException">The kernel refuses, for lack of file handles for example.</exception>
    public static void Prepare() => _ = Shared;

    /// <summary>Watches over a socket until <see cref="Forget"/>.</summary>
    /// <returns>What to forget it by.</returns>
    /// <exception cref="IOException">The kernel refuses.</exception>
    public int Watch(SocketStream socket)
    {
        var key = Keep(socket);
        var handle = socket.Socket.SafeHandle;
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            _epoll.Add(handle.DangerousGetHandle(), Watched, key);
            return key;
        }
        catch
        {
            Forget(key);
            throw;
        }
        finally
        {
            if (isHeld) handle.DangerousRelease();
        }
    }

    /// <summary>The socket is closed. An event that was under way tells the next one with its key, which then looks once in vain.</summary>
    public void Forget(int key)
    {
        lock (_lock)
        {
            _sockets[key] = null;
            _free.Push(key);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _isScheduled, 0);
        var others = 0;
        for (var left = PerRun; left > 0; left--)
        {
            if (_due.IsEmpty || (_due.YieldsToLight && left % PatientPerLook == 0)) Poll();
            if (!_due.TryTake(ref others, out var waiter))
            {
                // A thread that found nothing returns to the pool, so that the pool also gets to the work that only its idle threads look
                // for.
                if (left == PerRun) _alarm.Rearm(_epoll);
                else GoOnLater();
                return;
            }
            // It may take its time, and others must be seen to meanwhile.
            if (!_due.IsEmpty || Poll()) Schedule();
            else GoOnLater();
            waiter.Execute();
        }
        Schedule();
    }

    // What could not be made is tried again by the next one.
    private static Poller Make()
    {
        lock (s_making) return s_shared ??= new Poller();
    }

    /// <summary>Tells sockets what has come, without waiting for it. Those who waited for it are due then.</summary>
    /// <returns>Whether anything had come.</returns>
    private bool Poll()
    {
        Span<uint> buffer = stackalloc uint[Epoll.SizeOf(EventsAtOnce)];
        var count = _epoll.Wait(buffer, timeout: 0);
        for (var i = 0; i < count; i++)
        {
            var (events, key) = Epoll.Read(buffer, i);
            if (Volatile.Read(ref _sockets)[key] is not { } socket) continue;
            var hasEnded = (events & (Epoll.PeerHangUp | Epoll.HangUp | Epoll.Error)) != 0;
            if ((hasEnded || (events & Epoll.Readable) != 0) && socket.TellReadable(hasEnded) is { } reader) _due.Add(reader);
            if ((hasEnded || (events & Epoll.Writable) != 0) && socket.TellWritable() is { } writer) _due.Add(writer);
        }
        return count > 0;
    }

    /// <summary>Looks again behind the pool's other work, which brings the next messages; without any, when something comes.</summary>
    private void GoOnLater()
    {
        if (ThreadPool.PendingWorkItemCount > 0) Schedule();
        else _alarm.Rearm(_epoll);
    }

    private void Schedule()
    {
        if (Volatile.Read(ref _isScheduled) == 0 && Interlocked.Exchange(ref _isScheduled, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void WaitForAlarms()
    {
        Span<uint> alarm = stackalloc uint[Epoll.SizeOf(1)];
        while (true)
        {
            if (_alarm.Wait(alarm, timeout: -1) > 0) Schedule();
        }
    }

    private int Keep(SocketStream socket)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var key)) key = _count++;
            if (key == _sockets.Length)
            {
                var larger = new SocketStream?[2 * key];
                _sockets.CopyTo(larger, 0);
                Volatile.Write(ref _sockets, larger);
            }
            _sockets[key] = socket;
            return key;
        }
    }
}

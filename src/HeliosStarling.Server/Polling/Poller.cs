namespace HeliosStarling;

/// <summary>
/// Notifies sockets when they can be read or written. It replaces the socket engine of the runtime, whose thread wakes for each arrival and
/// takes the core from the thread that handles the previous one. This poller runs in the thread pool: a thread that has handled one socket
/// looks for the next one, and while there is one, no other thread is woken. When nothing arrives any more, one thread waits in the kernel
/// and then wakes the pool.
/// </summary>
/// <remarks>
/// Safe to use concurrently. At any time one of these is true: the alarm is set, a run is queued, or a run is in progress and will set the
/// alarm or queue the next run.
/// </remarks>
internal sealed class Poller : IThreadPoolWorkItem
{
    private const int EventsAtOnce = 64;
    private const uint Watched = Epoll.Readable | Epoll.Writable | Epoll.PeerHangUp | Epoll.EdgeTriggered;

    // The number of sockets that one run handles before other work items of the pool get their turn.
    private const int PerRun = 64;

    // While only heavy readers are ready, the poller looks for light ones after this many.
    private const int HeavyPerPoll = 4;

    private static readonly Lock s_making = new();
    private static Poller? s_shared;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly ReadyQueue _ready = new();
    private readonly Epoll _epoll = new();
    private readonly Epoll _alarm = new();
    private SocketStream?[] _sockets = new SocketStream?[EventsAtOnce];
    private int _count;
    private int _isScheduled;

    /// <summary>Creates a poller. It polls until the process ends.</summary>
    /// <exception cref="IOException">The kernel refuses, for example for lack of file handles.</exception>
    public Poller()
    {
        _alarm.AddOnce(_epoll);
        new Thread(WaitForAlarms) { Name = "Helios alarm", IsBackground = true }.UnsafeStart();
    }

    /// <summary>The poller of the process; null on systems without epoll, where the socket engine of the runtime is used.</summary>
    /// <exception cref="IOException">The poller does not exist yet, and the kernel refuses.</exception>
    public static Poller? Shared => Epoll.IsSupported ? Volatile.Read(ref s_shared) ?? Make() : null;

    /// <summary>Creates the <see cref="Shared"/> poller, so that a server fails to start when the poller cannot be created.</summary>
    /// <exception cref="IOException">The kernel refuses, for example for lack of file handles.</exception>
    public static void Prepare() => _ = Shared;

    /// <summary>Watches a socket until <see cref="Forget"/> is called.</summary>
    /// <returns>The key of the socket for <see cref="Forget"/>.</returns>
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

    /// <summary>Forgets a closed socket. A late event with its key notifies the key's next socket, which does no harm.</summary>
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
            if (_ready.IsEmpty || (_ready.YieldsToLight && left % HeavyPerPoll == 0)) Poll();
            if (!_ready.TryTake(ref others, out var waiter))
            {
                // A thread without work returns to the pool. The pool has other work that only its idle threads look for.
                if (left == PerRun) _alarm.Rearm(_epoll);
                else ContinueLater();
                return;
            }
            // The waiter may take long, so another run must handle the other sockets meanwhile.
            if (!_ready.IsEmpty || Poll()) Schedule();
            else ContinueLater();
            waiter.Execute();
        }
        Schedule();
    }

    // If the creation fails, the next caller tries again.
    private static Poller Make()
    {
        lock (s_making) return s_shared ??= new Poller();
    }

    /// <summary>Notifies sockets of the events that have occurred, without waiting. Sockets whose waiters can run become ready.</summary>
    /// <returns>Whether there were any events.</returns>
    private bool Poll()
    {
        Span<uint> buffer = stackalloc uint[Epoll.SizeOf(EventsAtOnce)];
        var count = _epoll.Wait(buffer, timeout: 0);
        for (var i = 0; i < count; i++)
        {
            var (events, key) = Epoll.Read(buffer, i);
            if (Volatile.Read(ref _sockets)[key] is not { } socket) continue;
            var hasEnded = (events & (Epoll.PeerHangUp | Epoll.HangUp | Epoll.Error)) != 0;
            if ((hasEnded || (events & Epoll.Readable) != 0) && socket.TellReadable(hasEnded) is { } reader) _ready.Add(reader);
            if ((hasEnded || (events & Epoll.Writable) != 0) && socket.TellWritable() is { } writer) _ready.Add(writer);
        }
        return count > 0;
    }

    /// <summary>
    /// Continues after the other work of the pool, which may produce further events; without other work, when an event occurs.
    /// </summary>
    private void ContinueLater()
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

namespace HeliosStarling;

/// <summary>
/// Tells sockets when they may be read or written, in place of the runtime's own engine, whose thread wakes with every arrival and takes the core from
/// whoever works on the one before.
/// </summary>
/// <remarks>Safe to use concurrently. There is one for as long as the process lives.</remarks>
internal abstract class Poller
{
    private const int EventsAtOnce = 64;
    private const uint Watched = Epoll.Readable | Epoll.Writable | Epoll.PeerHangUp | Epoll.EdgeTriggered;

    private static readonly Lock s_making = new();
    private static Poller? s_shared;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private SocketStream?[] _sockets = new SocketStream?[EventsAtOnce];
    private int _count;

    protected Epoll Epoll { get; } = new();

    /// <summary>Makes the <see cref="Shared"/> poller, so that a server that can't have it does not start.</summary>
    /// <exception cref="IOException">The kernel refuses, for lack of file handles for example.</exception>
    public static void Prepare() => _ = Shared;

    /// <summary>The poller of the process; null where there is none, and the runtime's engine does the work.</summary>
    /// <exception cref="IOException">It does not exist yet, and the kernel refuses.</exception>
    public static Poller? Shared => Epoll.IsSupported ? Volatile.Read(ref s_shared) ?? Make() : null;

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
            Epoll.Add(handle.DangerousGetHandle(), Watched, key);
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

    /// <summary>Somebody who waited is to go on.</summary>
    protected abstract void OnDue(Readiness waiter);

    /// <summary>Tells sockets what has come.</summary>
    /// <param name="timeout">How long to wait for it, in milliseconds; -1 for ever.</param>
    /// <returns>Whether anything had.</returns>
    protected bool Poll(int timeout)
    {
        Span<uint> buffer = stackalloc uint[Epoll.SizeOf(EventsAtOnce)];
        var count = Epoll.Wait(buffer, timeout);
        for (var i = 0; i < count; i++)
        {
            var (events, key) = Epoll.Read(buffer, i);
            if (Volatile.Read(ref _sockets)[key] is not { } socket) continue;
            var hasEnded = (events & (Epoll.PeerHangUp | Epoll.HangUp | Epoll.Error)) != 0;
            if ((hasEnded || (events & Epoll.Readable) != 0) && socket.TellReadable(hasEnded) is { } reader) OnDue(reader);
            if ((hasEnded || (events & Epoll.Writable) != 0) && socket.TellWritable() is { } writer) OnDue(writer);
        }
        return count > 0;
    }

    // What could not be made is tried again by the next one.
    private static Poller Make()
    {
        lock (s_making) return s_shared ??= new PoolPoller();
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

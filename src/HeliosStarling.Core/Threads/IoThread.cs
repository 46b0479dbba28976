namespace HeliosStarling;

/// <summary>Which handler runs on one I/O thread.</summary>
/// <remarks>Written by that thread; looked at by the watchdog alone. A start costs two writes to memory that no other thread writes.</remarks>
internal sealed class IoThread
{
    private string? _method;
    private int _starts;

    // The watchdog's own: what it saw last, and since when.
    private int _seen;
    private long _seenSince;
    private bool _isNamed;

    /// <summary>A handler starts.</summary>
    public Watched Begin(string method)
    {
        var before = _method;
        Volatile.Write(ref _starts, _starts + 1);
        Volatile.Write(ref _method, method);
        return new Watched(this, before);
    }

    /// <summary>A handler has given the thread back.</summary>
    /// <param name="before">The one inside which it ran, if any.</param>
    public void End(string? before) => Volatile.Write(ref _method, before);

    /// <summary>Whether one handler has held the thread for so long, which is said once.</summary>
    public bool IsHeld(TimeSpan bound, TimeProvider time, out string method, out TimeSpan since)
    {
        var starts = Volatile.Read(ref _starts);
        method = Volatile.Read(ref _method) ?? "";
        since = TimeSpan.Zero;
        // Another one has started meanwhile, so nobody holds the thread.
        if (method.Length == 0 || starts != Volatile.Read(ref _starts)) return false;
        if (starts != _seen)
        {
            (_seen, _seenSince, _isNamed) = (starts, time.GetTimestamp(), false);
            return false;
        }
        since = time.GetElapsedTime(_seenSince);
        if (_isNamed || since < bound) return false;
        return _isNamed = true;
    }
}

/// <summary>A handler that runs on an I/O thread; to be disposed of by that thread when it has given it back.</summary>
internal readonly struct Watched(IoThread thread, string? before) : IDisposable
{
    public void Dispose() => thread.End(before);
}

using Microsoft.Extensions.Logging;

namespace HeliosStarling;

/// <summary>Names handlers that hold an I/O thread, on which many connections wait, while they do.</summary>
internal sealed class Watchdog : IDisposable
{
    // A handler that was registered as not blocking and takes this long blocks.
    private static readonly TimeSpan s_bound = TimeSpan.FromMilliseconds(250);

    // A handler is seen up to one look after it began, and named up to one look after the bound.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(125);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ThreadLocal<IoThread> _threads = new(static () => new IoThread(), trackAllValues: true);
    private readonly ITimer _timer;
    private int _isLooking;

    public Watchdog(TimeProvider time, ILogger logger)
    {
        (_time, _logger) = (time, logger);
        _timer = time.CreateTimer(static watchdog => ((Watchdog)watchdog!).Look(), this, s_look, s_look);
    }

    public Watched Watch(string method) => _threads.Value!.Begin(method);

    // Handlers may still end after that, so the threads stay known.
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // On a busy machine one look may come while another is under way.
        if (Interlocked.Exchange(ref _isLooking, 1) == 1) return;
        try
        {
            foreach (var thread in _threads.Values)
            {
                if (thread.IsHeld(s_bound, _time, out var method, out var since)) _logger.IoThreadHeld(method, (long)since.TotalMilliseconds);
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }
}

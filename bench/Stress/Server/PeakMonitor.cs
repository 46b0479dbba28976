namespace HeliosStarling.Stress;

/// <summary>Records the peaks of a server's counters, on its own thread, so that load on the pool does not stop it.</summary>
internal sealed class PeakMonitor : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    // Reading all starlings is expensive, so it happens less often.
    private const int RoundsBetweenStarlings = 20;

    private readonly Helios _helios;
    private readonly LeanPlaces? _places;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private Peaks _peaks = new();
    private int _mustReset;

    /// <param name="helios">The server.</param>
    /// <param name="listener">The listener whose opening places are recorded. Default none.</param>
    public PeakMonitor(Helios helios, HeliosListener? listener = null)
    {
        (_helios, _places) = (helios, listener?.Places);
        _thread = new Thread(Run) { IsBackground = true, Name = "watch" };
        _thread.Start();
    }

    public Peaks Peaks => Volatile.Read(ref _peaks);

    /// <summary>Resets all peaks.</summary>
    public void Reset() => Volatile.Write(ref _mustReset, 1);

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        for (var round = 0; !_stop.Wait(s_interval); round++)
        {
            var before = Interlocked.Exchange(ref _mustReset, 0) == 1 ? new Peaks() : _peaks;
            Volatile.Write(ref _peaks, round % RoundsBetweenStarlings == 0 ? WithStarlings(WithTotals(before)) : WithTotals(before));
        }
    }

    private Peaks WithTotals(Peaks before)
    {
        var lanes = _helios.Engine.Lanes;
        return before with
        {
            Buffered = Math.Max(before.Buffered, _helios.Engine.Buffers.Rented),
            LeastShare = Math.Min(before.LeastShare, _helios.Engine.Buffers.ShareOf(0)),
            Connections = Math.Max(before.Connections, _helios.Connections.Count),
            Held = Math.Max(before.Held, _helios.Node.Held.Count),
            StateBytes = Math.Max(before.StateBytes, _helios.Options.StateStore is InMemoryStateStore store ? store.Bytes : 0),
            Opening = Math.Max(before.Opening, _places?.Opening.Count ?? 0),
            Refusing = Math.Max(before.Refusing, _places?.Refusing.Count ?? 0),
            Running = Math.Max(before.Running, lanes.Pool.Running),
            Waiting = Math.Max(before.Waiting, lanes.Pool.Waiting),
            Blocking = Math.Max(before.Blocking, lanes.Threads.Running),
            WaitingToBlock = Math.Max(before.WaitingToBlock, lanes.Threads.Waiting),
        };
    }

    private Peaks WithStarlings(Peaks before)
    {
        var (bytes, messages, requests) = (before.LargestOutbox, before.MostMessagesOfOne, before.MostRequestsOfOne);
        foreach (var starling in _helios.Starlings.ToArray())
        {
            bytes = Math.Max(bytes, starling.Session.Outbox.Bytes);
            messages = Math.Max(messages, starling.Session.Outbox.Count);
            requests = Math.Max(requests, starling.Session.Inbound.Count);
        }
        return before with { LargestOutbox = bytes, MostMessagesOfOne = messages, MostRequestsOfOne = requests };
    }
}

namespace HeliosStarling;

/// <summary>
/// Polls in the thread pool: whoever has gone on with one socket looks for the next, and while there is one no other thread is woken. Only when nothing
/// comes any more does a thread wait for the kernel, which then wakes the pool.
/// </summary>
/// <remarks>
/// Always one of these holds: the alarm is set, a run is scheduled, or one has begun and not yet seen to either.
/// </remarks>
internal sealed class PoolPoller : Poller, IThreadPoolWorkItem
{
    // How many go on until the pool's other work is let by.
    private const int PerRun = 64;

    // While only patient ones are due, others are looked for behind so many.
    private const int PatientPerLook = 4;

    private readonly DueLine _due = new();
    private readonly Epoll _alarm = new();
    private int _isScheduled;

    public PoolPoller()
    {
        _alarm.AddOnce(Epoll);
        new Thread(WaitForAlarms) { Name = "Helios alarm", IsBackground = true }.UnsafeStart();
    }

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _isScheduled, 0);
        var others = 0;
        for (var left = PerRun; left > 0; left--)
        {
            if (_due.IsEmpty || (_due.IsPatient && left % PatientPerLook == 0)) Poll(timeout: 0);
            if (!_due.TryTake(ref others, out var waiter))
            {
                // Whoever found nothing at all leaves the pool to its other work, even to what only its idle threads look for.
                if (left == PerRun) _alarm.Rearm(Epoll);
                else GoOnLater();
                return;
            }
            // It may take its time, and others must be seen to meanwhile.
            if (!_due.IsEmpty || Poll(timeout: 0)) Schedule();
            else GoOnLater();
            waiter.Execute();
        }
        Schedule();
    }

    /// <inheritdoc/>
    protected override void OnDue(Readiness waiter) => _due.Add(waiter);

    /// <summary>Looks again behind the pool's other work, which brings the next messages; without any, when something comes.</summary>
    private void GoOnLater()
    {
        if (ThreadPool.PendingWorkItemCount > 0) Schedule();
        else _alarm.Rearm(Epoll);
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
}

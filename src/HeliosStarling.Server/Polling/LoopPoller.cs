namespace HeliosStarling;

/// <summary>An I/O thread of event-loop mode: waits for its sockets, and goes on with whoever waited for them.</summary>
internal sealed class LoopPoller : Poller
{
    public LoopPoller() => new Thread(Run) { Name = "Helios I/O", IsBackground = true }.UnsafeStart();

    /// <inheritdoc/>
    protected override void OnDue(Readiness waiter) => waiter.Execute();

    private void Run()
    {
        while (true) Poll(timeout: -1);
    }
}

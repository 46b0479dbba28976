namespace HeliosStarling;

/// <content>Event-loop mode: which thread its handler may start on.</content>
internal sealed partial class InboundRequest
{
    /// <summary>Whether filters and handler may start on this thread; else they have their turn on another, as if they had waited for a place.</summary>
    private bool IsThreadRight => Engine.EventLoop is null || !EventLoop.IsOnIoThread || (Method.Options.NonBlocking && _run is null);

    private ValueTask StartIn(EventLoop loop)
    {
        if (EventLoop.IsOnIoThread)
        {
            using (loop.Watch(Method.Name)) return Start();
        }
        using (PoolContext.Enter()) return Start();
    }
}

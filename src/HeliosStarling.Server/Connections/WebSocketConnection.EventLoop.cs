namespace HeliosStarling;

/// <content>Event-loop mode: a reader on an I/O thread goes to the pool as soon as a message needs it, and comes back with its next wait for bytes.</content>
internal sealed partial class WebSocketConnection
{
    private Incoming _postponed;
    private bool _isPostponed;

    /// <summary>Handles what has come, and sends the answers together; true when there may be more of it.</summary>
    private bool ReceiveBatch()
    {
        if (_engine.EventLoop is null) return ReceiveBatch(isOnIoThread: false);
        if (EventLoop.IsOnIoThread) return ReceiveBatch(isOnIoThread: true);
        using (PoolContext.Enter()) return ReceiveBatch(isOnIoThread: false);
    }

    /// <summary>What was put off, else what comes next.</summary>
    private FrameStatus TryReadNext(out Incoming incoming)
    {
        if (!_isPostponed) return _reader.TryRead(out incoming);
        (incoming, _postponed, _isPostponed) = (_postponed, default, false);
        return FrameStatus.Ready;
    }

    /// <summary>Takes a message on an I/O thread; false when it is put off until the reader is in the pool.</summary>
    private bool TryReceiveHere(in Incoming incoming)
    {
        if (incoming.Kind is not (IncomingKind.Text or IncomingKind.Binary) || _closing is not null || Session is not { } session)
        {
            Receive(in incoming);
            return true;
        }
        if (incoming.Kind == IncomingKind.Text && session.TryReceiveText(this, incoming.Payload)) return true;
        // Its memory stays as it is until the reader is asked for the next one.
        (_postponed, _isPostponed) = (incoming, true);
        return false;
    }
}

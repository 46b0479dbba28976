using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Waiting for a place to run, and giving it back.</content>
internal sealed partial class InboundRequest : IThreadPoolWorkItem
{
    private const int NoPlace = 0;
    private const int HasPlace = 1;
    private const int GaveBack = 2;

    private LinkedListNode<InboundRequest>? _waiting;
    private int _place;
    private int _held;
    private int _charged;

    /// <summary>Where it stands in its lane's queue.</summary>
    public LinkedListNode<InboundRequest> Waiting => _waiting ??= new LinkedListNode<InboundRequest>(this);

    private Lane Lane => Method.Options.Blocking ? Engine.Lanes.Threads : Engine.Lanes.Pool;

    private Share Share => Session.ShareOf(Method.Options.Blocking);

    /// <summary>
    /// Asks the guards, then runs filters and handler, on this thread up to their first await if there is a place, else elsewhere when there is one.
    /// Fails when there is no room to wait either. To be called by the reader.
    /// </summary>
    public void Begin()
    {
        BeginObserving();
        if (_run is { Guards.Length: > 0 })
        {
            AskGuards();
            return;
        }
        if (HasPlaceAtOnce) Run();
        else Wait();
    }

    /// <summary>Its turn has come, and its place is taken.</summary>
    public void Execute()
    {
        // A full fence: whoever abandons it at this moment sees the place, or is seen here.
        Interlocked.Exchange(ref _place, HasPlace);
        try
        {
            if (IsOpen) Run();
            else End();
        }
        catch (Exception exception)
        {
            // Nobody above would catch it, and it would end the process.
            Engine.Logger.HandlerFailed(Method.Name, exception);
            End();
        }
    }

    /// <summary>Its turn has come, and its place is taken, but there is no thread for it.</summary>
    public void FailToStart()
    {
        Interlocked.Exchange(ref _place, HasPlace);
        RefuseFull();
        End();
    }

    private bool HasPlaceAtOnce => !Method.Options.Blocking && Engine.Lanes.Pool.HasPlaceFor(Session.PoolShare);

    private void Wait()
    {
        LeaveReader();
        if (TryWait()) return;
        // The reader sends it with its batch: a flood of refusals must not wake the connection for each.
        _starting = true;
        RefuseFull();
        _starting = false;
        End();
    }

    /// <summary>The reader moves on, and the request waits for something.</summary>
    private void LeaveReader()
    {
        TryKeepPayload();
        HoldBytes();
        Register();
        _starting = false;
        StartTimer();
    }

    /// <summary>The reader moves on while the handler goes on; whoever abandoned it before did not know of a place.</summary>
    private void LeaveStart()
    {
        _starting = false;
        Interlocked.MemoryBarrier();
        if (IsAbandoned) OnAbandoned();
    }

    private bool TryWait()
    {
        if (!Lane.TryWait(this, Share)) return false;
        // Abandoned before it stood in the queue, from where nobody would take it then.
        Interlocked.MemoryBarrier();
        if (IsAbandoned) OnAbandoned();
        return true;
    }

    private void RefuseFull() =>
        Refuse(new HeliosException(ErrorCodes.RequestQueueFull, "The server has too many requests to run. Try again later."));

    /// <summary>The handler goes on after the reader has moved on: from now on it needs a place.</summary>
    private void TakePlace()
    {
        if (Interlocked.CompareExchange(ref _place, HasPlace, NoPlace) != NoPlace) return;
        HoldBytes();
        Lane.Enter(Share);
    }

    private void GiveBackPlace()
    {
        // As long as the reader is with it, it needs none.
        if (!_starting && Interlocked.Exchange(ref _place, GaveBack) == HasPlace) Lane.Leave(Share);
    }

    /// <summary>Somebody else than its handler has ended it: an abandoned handler keeps its thread, if it has one, and no place in the pool.</summary>
    private void OnAbandoned()
    {
        if (_waiting is not null && Lane.TryLeaveQueue(this, Share)) End();
        else if (!Method.Options.Blocking) GiveBackPlace();
    }

    private void HoldBytes()
    {
        if (_held > 0) return;
        var bytes = Payload.Length + Metadata.Length;
        // Without a copy in the pool there is what the handler's payload was made into.
        _charged = _buffer is null ? bytes : 0;
        Engine.Buffers.Charge(_charged);
        Session.Hold(1, bytes);
        // Last: from now on whoever answers may let go of it.
        Volatile.Write(ref _held, bytes + 1);
    }

    private void LetGoOfBytes()
    {
        if (Volatile.Read(ref _held) == 0) return;
        if (Interlocked.Exchange(ref _held, 0) is not (> 0 and var held)) return;
        Session.Hold(-1, -(held - 1));
        Engine.Buffers.Charge(-_charged);
    }
}

using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>
/// It serves one request after another as long as nobody but its reader knows it: most handlers end before the reader moves on. A context knows it longer,
/// and is asked for: what comes from one that it does not serve any more comes too late.
/// </content>
internal sealed partial class InboundRequest
{
    [ThreadStatic] private static InboundRequest? s_free;

    private InboundRequest()
    {
    }

    /// <summary>What filters and handler are given: the same for all of them. Null until the first of them asks.</summary>
    public RequestContextBase? Context { get; set; }

    /// <summary>A request that came. The reader begins it, and then lets go of it with <see cref="GiveBack"/>.</summary>
    public static InboundRequest Take(Session session, MethodEntry method, in Message message)
    {
        var request = s_free ?? new InboundRequest();
        s_free = null;
        request._readerThread = Environment.CurrentManagedThreadId;
        (request.Session, request.Method, request.Id) = (session, method, message.Id);
        request._idText = IdText.From(message.IdText.Span);
        (request.Payload, request.Metadata) = (message.Data, message.Metadata);
        request._run = MethodRun.Of(method, session.Engine.Filters);
        // A filter may hand over to what reads the payload when the reader has moved on.
        if (request._run is not null) request.TryKeepPayload();
        return request;
    }

    /// <summary>The reader moves on. What has ended, and nobody else knows, is there for the next request.</summary>
    public void GiveBack()
    {
        if (!HasEnded || !_starting || _goesOn || _run is not null) return;
        if (Context is not null)
        {
            lock (this) Context = null;
        }
        if (Volatile.Read(ref _isFinishing) || _isRegistered || _cancellation is not null || _scope is not null) return;
        (Session, Method, Payload, Metadata) = (null!, null!, default, default);
        (_state, _hasEnded, _isKept) = (RequestState.Running, false, false);
        s_free = this;
    }

    /// <summary>Payload and metadata, until the handler has ended.</summary>
    /// <exception cref="InvalidOperationException">The handler has ended.</exception>
    public (ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Metadata) Keep(RequestContextBase by)
    {
        lock (this)
        {
            if (Serves(by) && TryKeepPayload()) return (Payload, Metadata);
        }
        throw new InvalidOperationException("Payload and metadata live until the handler's task ends. Read them before, and keep what was read.");
    }

    /// <summary>Cancelled when the request times out, its caller cancels, or its session ends.</summary>
    public CancellationToken CancellationTokenOf(RequestContextBase by)
    {
        lock (this) return Serves(by) ? CancellationToken : CancellationToken.None;
    }

    /// <summary>Takes over a scope that is to be disposed of when the handler has ended; false when it has.</summary>
    public bool TryOwn(IAsyncDisposable scope, RequestContextBase by)
    {
        lock (this)
        {
            if (!Serves(by) || HasEnded) return false;
            // A full fence: whoever ends it at this moment sees the scope, or is seen.
            Interlocked.Exchange(ref _scope, scope);
            // Inside: as long as the context is its own, it serves no other.
            return !HasEnded || Interlocked.Exchange(ref _scope, null) is null;
        }
    }

    private bool Serves(RequestContextBase? by) => by is null || by == Context;

    /// <summary>Whether this is the reader, and nobody else can have it answered.</summary>
    private bool IsKnownToReaderAlone => _starting && !_goesOn && Context is null && !_isRegistered && _readerThread == Environment.CurrentManagedThreadId;
}

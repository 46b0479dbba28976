using System.Diagnostics;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Runs a request: guards first, then a place, then filters and handler, until the handler has ended.</summary>
/// <remarks>The reader begins it. It goes on by itself when the reader moves on before the handler has ended.</remarks>
internal sealed class RequestRun(InboundRequest request, MethodPipeline? pipeline)
{
    private RequestPlace? _place;
    private IAsyncDisposable? _scope;

    /// <summary>Whether the request was ended while it waited for its turn.</summary>
    public bool HasLeftQueue { get; private set; }

    private Engine Engine => request.Session.Engine;

    private bool IsBlocking => request.Method.Options.Blocking;

    private bool HasPlaceAtOnce => !IsBlocking && Engine.Lanes.Pool.HasPlaceFor(request.Session.Budget.PoolQuota);

    /// <summary>
    /// Asks the guards, then runs filters and handler on this thread up to their first await, or later when there is no place now. Refuses
    /// the request when there is no room to wait either. Called by the reader.
    /// </summary>
    public void Begin()
    {
        // Guards come before a place: a refused caller takes neither threads nor room in a queue from others.
        if (pipeline is { Guards.Length: > 0 }) RunInSpan(static run => run.AskGuards());
        else if (HasPlaceAtOnce) Start();
        else Wait();
    }

    /// <summary>The handler has started and has not ended, and the reader moves on.</summary>
    public void GoOn(ValueTask running)
    {
        LeaveReader();
        _place!.Take();
        _ = AwaitAsync(running);
    }

    /// <summary>The lane has given the request a place.</summary>
    public void StartInPlace()
    {
        try
        {
            if (request.IsOpen) Start();
            else End();
        }
        catch (Exception exception)
        {
            // An exception that leaves a work item of the pool ends the process.
            Engine.HandlerLog.MethodFailed(request.Method.Name, exception);
            End();
        }
    }

    /// <summary>The lane has given the request a place, but the system has no thread for it.</summary>
    public void FailToStart()
    {
        RefuseFull();
        End();
    }

    /// <summary>
    /// Somebody else than the handler has ended the request. An abandoned handler keeps its thread, if it has one, but no place in the
    /// pool.
    /// </summary>
    public void OnAbandoned()
    {
        // The reader looks for itself when it moves on.
        if (request.IsWithReader) return;
        if (_place!.TryLeaveQueue())
        {
            HasLeftQueue = true;
            End();
        }
        else if (!IsBlocking) _place.GiveBack();
    }

    /// <summary>Takes over a scope that is disposed of when the handler has ended, unless it has one already.</summary>
    /// <returns>The scope that it has: this one, or an earlier one. Null when the handler has ended: the caller disposes of its
    /// own.</returns>
    public IAsyncDisposable? Own(IAsyncDisposable scope)
    {
        var first = Interlocked.CompareExchange(ref _scope, scope, null) ?? scope;
        return first == NoScope.Instance ? null : first;
    }

    private void Start() => RunInSpan(static run => run.StartInSpan());

    private void StartInSpan()
    {
        ValueTask running;
        try
        {
            running = pipeline is null ? request.Method.Handler(request) : pipeline.RunAsync(request);
            if (running.IsCompleted)
            {
                // The result of one that has failed throws.
                running.GetAwaiter().GetResult();
                request.Complete();
                End();
                return;
            }
        }
        catch (Exception exception)
        {
            request.Fail(exception);
            End();
            return;
        }
        GoOn(running);
    }

    private async Task AwaitAsync(ValueTask running)
    {
        try
        {
            await running.ConfigureAwait(false);
            request.Complete();
        }
        catch (Exception exception)
        {
            request.Fail(exception);
        }
        End();
    }

    private void AskGuards()
    {
        var asking = Guards.AskAsync(pipeline!.Guards, request).Preserve();
        if (!asking.IsCompleted)
        {
            LeaveReader();
            _ = AwaitGuardsAsync(asking);
        }
        else if (!TryPass(asking)) End();
        else if (HasPlaceAtOnce) Start();
        else Wait();
    }

    /// <summary>Meanwhile the request is open, has no place, and counts for its peer.</summary>
    private async Task AwaitGuardsAsync(ValueTask<HeliosException?> asking)
    {
        await ((Task)asking.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!TryPass(asking) || request.IsAbandoned) End();
        else if (HasPlaceAtOnce) Start();
        else if (!TryWait()) FailToStart();
    }

    private bool TryPass(ValueTask<HeliosException?> asked)
    {
        try
        {
            if (asked.GetAwaiter().GetResult() is not { } refusal) return true;
            request.Refuse(refusal);
        }
        catch (Exception exception)
        {
            request.Fail(exception);
        }
        return false;
    }

    private void Wait()
    {
        LeaveReader();
        if (TryWait()) return;
        // Still on the reader, which sends refusals with its batch: a flood of them must not wake the connection for each.
        RefuseFull(wake: false);
        End();
    }

    private bool TryWait()
    {
        if (!_place!.TryWait()) return false;
        // Abandoned before it stood in the queue: nobody would take it out.
        Interlocked.MemoryBarrier();
        if (request.IsAbandoned) OnAbandoned();
        return true;
    }

    /// <summary>From now on others than the reader can end the request.</summary>
    private void LeaveReader()
    {
        if (!request.IsWithReader) return;
        var (engine, session) = (Engine, request.Session);
        _place = new RequestPlace(
            this, request.Method.Name, IsBlocking ? engine.Lanes.Threads : engine.Lanes.Pool, session.Budget.QuotaOf(IsBlocking));
        request.LeaveReader();
        if (request.IsAbandoned) OnAbandoned();
    }

    private void RefuseFull(bool wake = true) =>
        request.Refuse(new HeliosException(ErrorCodes.RequestQueueFull, QueueFull.Places(Engine.Lanes.Limits)), wake);

    private void End()
    {
        _place?.GiveBack();
        request.Payload.Release(request.Session);
        // From now on there is none: who makes one at this moment has it refused, or it is disposed of here.
        if (Interlocked.Exchange(ref _scope, NoScope.Instance) is { } scope) _ = EndScopeAsync(scope);
    }

    private async Task EndScopeAsync(IAsyncDisposable scope)
    {
        try
        {
            await scope.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Engine.HandlerLog.MethodFailed(request.Method.Name, exception);
        }
    }

    /// <summary>Guards, filters and the handler see the request's span as the current one.</summary>
    private void RunInSpan(Action<RequestRun> run)
    {
        if (request.Telemetry?.Span is not { } span)
        {
            run(this);
            return;
        }
        var before = Activity.Current;
        Activity.Current = span;
        try
        {
            run(this);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    /// <summary>Stands where the scope was when the handler has ended.</summary>
    private sealed class NoScope : IAsyncDisposable
    {
        public static readonly NoScope Instance = new();

        public ValueTask DisposeAsync() => default;
    }
}

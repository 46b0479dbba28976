using System.Diagnostics;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Runs a request: the guards, then, with a place, the filters and the handler until it has ended.</summary>
/// <remarks>The reader starts it. When the reader moves on before the handler has ended, the run continues independently.</remarks>
internal sealed class RequestRun(InboundRequest request, MethodPipeline? pipeline)
{
    private RequestPlace? _place;
    private IAsyncDisposable? _scope;

    private Engine Engine => request.Session.Engine;

    private bool IsBlocking => request.Method.Options.Blocking;

    private bool HasPlaceAtOnce => !IsBlocking && Engine.Lanes.Pool.HasPlaceFor(request.Session.Budget.PoolQuota);

    /// <summary>
    /// Runs the guards, and then the filters and the handler on this thread up to their first await. If there is no free place, the request
    /// waits. If the queue has no room, the request is refused. Called by the reader.
    /// </summary>
    public void Begin()
    {
        // Guards run before the request gets a place, so that a refused caller takes neither threads nor room in the queue from others.
        if (pipeline is { Guards.Length: > 0 }) RunInSpan(static run => run.AskGuards());
        else if (HasPlaceAtOnce) Start();
        else Wait();
    }

    /// <summary>Continues with a handler that has started but not ended, when the reader moves on.</summary>
    public void Continue(ValueTask running)
    {
        LeaveReader();
        _place!.Take();
        _ = AwaitAsync(running);
    }

    /// <summary>Starts the handler after the request got a place in the lane.</summary>
    public void StartInPlace()
    {
        try
        {
            if (request.IsOpen) Start();
            else End();
        }
        catch (Exception exception)
        {
            // An unhandled exception in a work item of the thread pool would end the process.
            Engine.HandlerLog.MethodFailed(request.Method.Name, exception);
            End();
        }
    }

    /// <summary>Refuses a request that got a place in the lane, because the system cannot start a thread for it.</summary>
    public void FailToStart()
    {
        RefuseFull();
        End();
    }

    /// <summary>
    /// Called when the request was ended by anything other than its handler. A running handler then releases its place in the pool, but a
    /// blocking one keeps the place for its thread.
    /// </summary>
    /// <returns>True if the request was still waiting for its turn.</returns>
    public bool OnAbandoned()
    {
        // The reader checks this itself when it moves on.
        if (request.IsOnReader) return false;
        if (_place!.TryLeaveQueue())
        {
            End();
            return true;
        }
        if (!IsBlocking) _place.Release();
        return false;
    }

    /// <summary>Takes ownership of a service scope, which is disposed of when the handler has ended, unless there is one already.</summary>
    /// <returns>The owned scope: this one or an earlier one. Null when the handler has ended; the caller must then dispose of its
    /// scope.</returns>
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
                // GetResult throws the exception of a failed handler.
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
        Continue(running);
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

    /// <summary>Waits for the guards. The request is open and counted for its peer, but has no place.</summary>
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
        // This still runs on the reader, which sends refusals at the end of its batch. In a flood of requests, each refusal must not wake
        // the connection.
        RefuseFull(wake: false);
        End();
    }

    private bool TryWait()
    {
        if (!_place!.TryWait()) return false;
        // If the request was abandoned before it was queued, nothing else removes it from the queue.
        Interlocked.MemoryBarrier();
        if (request.IsAbandoned) OnAbandoned();
        return true;
    }

    /// <summary>Prepares the request for the time after the reader moves on. From now on, other threads can end it.</summary>
    private void LeaveReader()
    {
        if (!request.IsOnReader) return;
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
        _place?.Release();
        request.Payload.Release(request.Session);
        // From now on, there is no scope. A scope that is created at this moment is either refused or disposed of here.
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

    /// <summary>Runs code with the span of the request as the current one, so that guards, filters and the handler see it.</summary>
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

    /// <summary>Replaces the scope after the handler has ended.</summary>
    private sealed class NoScope : IAsyncDisposable
    {
        public static readonly NoScope Instance = new();

        public ValueTask DisposeAsync() => default;
    }
}

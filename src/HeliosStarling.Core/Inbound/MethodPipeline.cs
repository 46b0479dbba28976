using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The guards and filters that run around a method's handler for one request.</summary>
/// <param name="Method">The method.</param>
/// <param name="Guards">Decide whether the request is handled, before it gets a place.</param>
/// <param name="Filters">The filters around the handler, outermost first.</param>
internal sealed record MethodPipeline(
    MethodEntry Method, Guard<InboundRequest>[] Guards, Func<InboundRequest, Func<ValueTask>, ValueTask>[] Filters)
{
    /// <summary>
    /// Creates the pipeline for a request of a method; null when there are no guards and filters, which is the usual case.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="shared">The filters of all methods.</param>
    public static MethodPipeline? Of(MethodEntry method, AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> shared)
    {
        var (guards, outer, own) = (method.Guards.All, shared.All, method.Filters.All);
        return guards.Length + outer.Length + own.Length == 0 ? null : new MethodPipeline(method, guards, [.. outer, .. own]);
    }

    /// <summary>Runs the filters and the handler of a request that the guards have accepted.</summary>
    public async ValueTask RunAsync(InboundRequest request)
    {
        if (Filters.Length == 0) await HandleAsync(request).ConfigureAwait(false);
        // If a filter neither continues nor answers, the request must not succeed.
        else if (!await FilterChain.RunAsync(Filters, request, () => HandleAsync(request)).ConfigureAwait(false))
            request.Refuse(new HeliosException(ErrorCodes.MethodNotAllowed, $"A filter rejected the request to '{request.Method.Name}'."));
    }

    // A filter that awaited continues on a thread of the pool, which must not be blocked. The request already has a place for a thread of
    // its own.
    private ValueTask HandleAsync(InboundRequest request) => Method.Options.Blocking && Thread.CurrentThread.IsThreadPoolThread
        ? new ValueTask(Task.Factory.StartNew(
            () => Method.Handler(request).AsTask(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap())
        : Method.Handler(request);
}

using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What runs around a method's handler for one request.</summary>
/// <param name="Method">What is called.</param>
/// <param name="Guards">Decide whether the request comes in, before it has a place.</param>
/// <param name="Filters">Run around the handler, outermost first.</param>
internal sealed record MethodPipeline(
    MethodEntry Method, Guard<InboundRequest>[] Guards, Func<InboundRequest, Func<ValueTask>, ValueTask>[] Filters)
{
    /// <summary>What runs for a request of this method now; null when that is its handler alone, as it mostly is.</summary>
    /// <param name="method">The method.</param>
    /// <param name="shared">The filters of all methods.</param>
    public static MethodPipeline? Of(MethodEntry method, AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> shared)
    {
        var (guards, outer, own) = (method.Guards.All, shared.All, method.Filters.All);
        return guards.Length + outer.Length + own.Length == 0 ? null : new MethodPipeline(method, guards, [.. outer, .. own]);
    }

    /// <summary>Runs filters and handler of a request that the guards have let pass.</summary>
    public async ValueTask RunAsync(InboundRequest request)
    {
        if (Filters.Length == 0) await HandleAsync(request).ConfigureAwait(false);
        // A filter that says nothing must not look like a success.
        else if (!await FilterChain.RunAsync(Filters, request, () => HandleAsync(request)).ConfigureAwait(false))
            request.Refuse(new HeliosException(ErrorCodes.MethodNotAllowed, $"The request to '{request.Method.Name}' was not let pass."));
    }

    // A filter that has awaited goes on in the pool, whose thread must not be blocked. The place that the request has is one for a thread.
    private ValueTask HandleAsync(InboundRequest request) => Method.Options.Blocking && Thread.CurrentThread.IsThreadPoolThread
        ? new ValueTask(Task.Factory.StartNew(
            () => Method.Handler(request).AsTask(),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap())
        : Method.Handler(request);
}

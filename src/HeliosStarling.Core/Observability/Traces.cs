using System.Diagnostics;

namespace HeliosStarling;

/// <summary>Creates the spans of requests: one on the side that sends a request, and one on the side that handles it.</summary>
/// <remarks>Safe to use concurrently. Creates no span while there is no listener.</remarks>
internal static class Traces
{
    private static readonly ActivitySource s_source = new(EngineMetrics.MeterName);

    /// <summary>Indicates whether there is a listener.</summary>
    public static bool HasListeners => s_source.HasListeners();

    /// <summary>Starts the span of a peer's request, as a child of the span in its metadata.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="peerId">The id of the peer; null when it is unknown.</param>
    /// <param name="method">A registered method, or <see cref="EngineMetrics.Other"/>.</param>
    /// <param name="requestId">The request id.</param>
    /// <param name="metadata">Raw JSON, empty when absent.</param>
    /// <returns>The span; null when it is not sampled. It does not become the current one.</returns>
    public static Activity? StartInbound(TimeProvider time, string? peerId, string method, Guid requestId, ReadOnlyMemory<byte> metadata)
    {
        TraceContext.TryRead(metadata.Span, out var parent);
        var before = Activity.Current;
        // The peer's request must not become a child of the reader's current span.
        if (before is not null) Activity.Current = null;
        var span = s_source.StartActivity(method, ActivityKind.Server, parent, startTime: time.GetUtcNow());
        if (Activity.Current != before) Activity.Current = before;
        return Describe(span, peerId, method, requestId);
    }

    /// <summary>Starts the span of a request to the peer, as a child of the current span. The current span does not change.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="peerId">The id of the peer; null when it is unknown.</param>
    /// <param name="method">The method.</param>
    /// <param name="requestId">The request's id.</param>
    /// <returns>The span; null when it is not sampled.</returns>
    public static Activity? StartOutbound(TimeProvider time, string? peerId, string method, Guid requestId)
    {
        var before = Activity.Current;
        var span = s_source.StartActivity(method, ActivityKind.Client, default(ActivityContext), startTime: time.GetUtcNow());
        if (Activity.Current != before) Activity.Current = before;
        return Describe(span, peerId, method, requestId);
    }

    /// <summary>Ends a span.</summary>
    /// <param name="span">The span.</param>
    /// <param name="code">The error code of the request; null when it succeeded.</param>
    /// <param name="time">The clock.</param>
    public static void End(Activity span, string? code, TimeProvider time)
    {
        span.SetTag("rpc.response.status_code", code ?? EngineMetrics.Ok);
        if (code is not null) span.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(time.GetUtcNow().UtcDateTime);
        var before = Activity.Current;
        span.Stop();
        // Stop sets another span as the current one, on any thread.
        if (before != span && Activity.Current != before) Activity.Current = before;
    }

    private static Activity? Describe(Activity? span, string? peerId, string method, Guid requestId)
    {
        if (span is not { IsAllDataRequested: true }) return span;
        span.SetTag("rpc.system.name", "helios").SetTag("rpc.method", method).SetTag("helios.request.id", requestId.ToString());
        return peerId is null ? span : span.SetTag("helios.starling.id", peerId);
    }
}

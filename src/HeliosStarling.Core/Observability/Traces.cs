using System.Diagnostics;

namespace HeliosStarling;

/// <summary>The spans of requests: one where a request is made, one where it is served.</summary>
/// <remarks>Safe to use concurrently. Nothing is made while nobody listens.</remarks>
internal static class Traces
{
    private static readonly ActivitySource s_source = new(EngineMetrics.MeterName);

    /// <summary>Whether anybody listens.</summary>
    public static bool AreWanted => s_source.HasListeners();

    /// <summary>Begins the span of a peer's request, as a child of the one that its metadata tells of.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="peerId">Who asks; null when that is not known.</param>
    /// <param name="method">A registered method, or <see cref="EngineMetrics.Other"/>.</param>
    /// <param name="requestId">The id that the peer gave it.</param>
    /// <param name="metadata">Raw JSON, empty when absent.</param>
    /// <returns>The span, which is nobody's current one yet; null when it is not sampled.</returns>
    public static Activity? Serve(TimeProvider time, string? peerId, string method, Guid requestId, ReadOnlyMemory<byte> metadata)
    {
        TraceContext.TryRead(metadata.Span, out var parent);
        var before = Activity.Current;
        // What the reader was started under is not what the peer's request belongs to.
        if (before is not null) Activity.Current = null;
        var span = s_source.StartActivity(method, ActivityKind.Server, parent, startTime: time.GetUtcNow());
        if (Activity.Current != before) Activity.Current = before;
        return Describe(span, peerId, method, requestId);
    }

    /// <summary>Begins the span of a request to the peer, as a child of the current one, which stays the current one.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="peerId">Who is asked; null when that is not known.</param>
    /// <param name="method">The method.</param>
    /// <param name="requestId">The request's id.</param>
    /// <returns>Null when it is not sampled.</returns>
    public static Activity? Ask(TimeProvider time, string? peerId, string method, Guid requestId)
    {
        var before = Activity.Current;
        var span = s_source.StartActivity(method, ActivityKind.Client, default(ActivityContext), startTime: time.GetUtcNow());
        if (Activity.Current != before) Activity.Current = before;
        return Describe(span, peerId, method, requestId);
    }

    /// <summary>Ends a span.</summary>
    /// <param name="span">The span.</param>
    /// <param name="code">Why its request failed; null when it succeeded.</param>
    /// <param name="time">The clock.</param>
    public static void End(Activity span, string? code, TimeProvider time)
    {
        span.SetTag("rpc.response.status_code", code ?? EngineMetrics.Ok);
        if (code is not null) span.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(time.GetUtcNow().UtcDateTime);
        var before = Activity.Current;
        span.Stop();
        // Stopping makes another span the current one, on whatever thread it happens.
        if (before != span && Activity.Current != before) Activity.Current = before;
    }

    private static Activity? Describe(Activity? span, string? peerId, string method, Guid requestId)
    {
        if (span is not { IsAllDataRequested: true }) return span;
        span.SetTag("rpc.system.name", "helios").SetTag("rpc.method", method).SetTag("helios.request.id", requestId.ToString());
        return peerId is null ? span : span.SetTag("helios.starling.id", peerId);
    }
}

using System.Diagnostics;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Measures the duration of a request and traces it.</summary>
internal sealed class RequestTelemetry
{
    private readonly InboundRequest _request;
    private readonly long _startedAt;
    private int _hasEnded;

    private RequestTelemetry(InboundRequest request)
    {
        var session = request.Session;
        (_request, _startedAt) = (request, session.Engine.Time.GetTimestamp());
        if (Traces.HasListeners)
            Span = Traces.StartInbound(session.Engine.Time, session.PeerId, request.Method.Name, request.Id, request.Payload.Metadata);
    }

    /// <summary>The span that guards, filters and the handler see as the current one; null when the request is not traced.</summary>
    public Activity? Span { get; }

    /// <summary>Starts the measurement of a request. Returns null when there is no listener.</summary>
    public static RequestTelemetry? Start(InboundRequest request) =>
        request.Session.Engine.Metrics.MeasuresInboundRequests || Traces.HasListeners ? new RequestTelemetry(request) : null;

    /// <summary>Measures and traces a request that is refused on arrival.</summary>
    /// <param name="session">The session that received the request.</param>
    /// <param name="message">The request.</param>
    /// <param name="method">A registered method, or <see cref="EngineMetrics.Other"/>.</param>
    /// <param name="code">The error code.</param>
    public static void OfRefusal(Session session, in Message message, string method, string code)
    {
        session.Engine.Metrics.InboundRequestEnded(method, code, TimeSpan.Zero);
        if (Traces.HasListeners
            && Traces.StartInbound(session.Engine.Time, session.PeerId, method, message.Id, message.Metadata) is { } span)
            Traces.End(span, code, session.Engine.Time);
    }

    /// <summary>Ends the measurement and the span. Only the first call has an effect.</summary>
    /// <param name="code">The error code; null when it succeeded.</param>
    public void End(string? code)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 1) return;
        var engine = _request.Session.Engine;
        engine.Metrics.InboundRequestEnded(_request.Method.Name, code, engine.Time.GetElapsedTime(_startedAt));
        if (Span is not null) Traces.End(Span, code, engine.Time);
    }
}

using System.Diagnostics;

namespace HeliosStarling;

/// <content>The duration and the span of a request.</content>
public abstract partial class StarlingRequest
{
    private long _startedAt;
    private Activity? _span;

    /// <summary>Starts the measurement and the span.</summary>
    /// <param name="metadata">The metadata of the application.</param>
    /// <returns>The metadata to send, with the context of this request's span or of the current span.</returns>
    internal byte[] BeginTelemetry(byte[] metadata)
    {
        var engine = Session.Engine;
        if (engine.Metrics.MeasuresOutboundRequests) _startedAt = engine.Time.GetTimestamp();
        if (!Traces.HasListeners) return metadata;
        _span = Traces.StartOutbound(engine.Time, Session.PeerId, Method, Id);
        return (_span ?? Activity.Current) is { } span ? TraceContext.Write(metadata, span) : metadata;
    }

    /// <param name="code">The error code; null when it succeeded.</param>
    private void EndTelemetry(string? code)
    {
        var engine = Session.Engine;
        if (_startedAt != 0) engine.Metrics.OutboundRequestEnded(Method, code, engine.Time.GetElapsedTime(_startedAt));
        if (_span is not null) Traces.End(_span, code, engine.Time);
    }
}

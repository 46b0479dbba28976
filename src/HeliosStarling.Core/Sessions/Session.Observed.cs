using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>What is measured of requests that never begin.</content>
internal abstract partial class Session
{
    /// <summary>Who the peer is, for traces; null when that is not known.</summary>
    public virtual string? PeerId => null;

    /// <summary>Measures a request that is refused as soon as it has come.</summary>
    /// <param name="message">The request.</param>
    /// <param name="method">A registered method, or <see cref="EngineMetrics.Other"/>.</param>
    /// <param name="code">Why.</param>
    private void ObserveRefusal(in Message message, string method, string code)
    {
        engine.Metrics.Served(method, code, TimeSpan.Zero);
        if (Traces.AreWanted && Traces.Serve(this, method, message.Id, message.Metadata) is { } span) Traces.End(span, code, engine.Time);
    }
}

using System.Diagnostics;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>How long it takes, and its span.</content>
internal sealed partial class InboundRequest
{
    private long _startedAt;
    private Activity? _span;

    private void BeginObserving()
    {
        if (Engine.Metrics.TimesServed) Volatile.Write(ref _startedAt, Engine.Time.GetTimestamp());
        if (Traces.AreWanted) Volatile.Write(ref _span, Traces.Serve(Session, Method.Name, Id, Metadata));
        // Its session may have ended before.
        if (!IsOpen) EndObserving(ErrorCodes.ConnectionClosed);
    }

    /// <param name="code">Why it failed; null when it succeeded.</param>
    private void EndObserving(string? code)
    {
        if (Volatile.Read(ref _startedAt) != 0 && Interlocked.Exchange(ref _startedAt, 0) is not 0 and var since)
            Engine.Metrics.Served(Method.Name, code, Engine.Time.GetElapsedTime(since));
        if (Volatile.Read(ref _span) is not null && Interlocked.Exchange(ref _span, null) is { } span) Traces.End(span, code, Engine.Time);
    }

    /// <summary>Runs filters and handler, which see the span as the current one.</summary>
    private void Run() => RunInSpan(static request => request.RunUnobserved());

    private void RunInSpan(Action<InboundRequest> run)
    {
        if (Volatile.Read(ref _span) is not { } span)
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
}

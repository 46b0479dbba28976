using System.Collections.Concurrent;
using System.Diagnostics;

namespace HeliosStarling.Observability;

/// <summary>Keeps the spans that have ended.</summary>
internal sealed class SpanProbe : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpanProbe(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "HeliosStarling",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<Activity> Ended => _ended;

    public Activity Single => Assert.Single(_ended);

    public Activity Of(ActivityKind kind) => Assert.Single(_ended, span => span.Kind == kind);

    public void Dispose() => _listener.Dispose();
}

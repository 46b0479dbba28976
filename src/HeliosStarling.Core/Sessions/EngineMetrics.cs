using System.Diagnostics.Metrics;

namespace HeliosStarling;

/// <summary>Counts what is ignored or dropped, so that nothing disappears without a trace.</summary>
internal sealed class EngineMetrics : IDisposable
{
    private readonly Meter _meter = new("HeliosStarling");
    private readonly Counter<long> _ignored;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _lateAnswers;

    public EngineMetrics()
    {
        _ignored = _meter.CreateCounter<long>("helios.messages.ignored", "{message}", "Messages that nobody takes.");
        _dropped = _meter.CreateCounter<long>("helios.messages.dropped", "{message}", "Messages dropped because an outbox was full.");
        _lateAnswers = _meter.CreateCounter<long>("helios.requests.late_answers", "{answer}", "Answers of handlers whose request had timed out or was cancelled.");
    }

    /// <summary>Counts a message that nobody takes.</summary>
    /// <param name="reason">What kind it was: text, json, binary, notification, response, error, ack.</param>
    public void Ignored(string reason) => _ignored.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Dropped(int count) => _dropped.Add(count);

    public void LateAnswer() => _lateAnswers.Add(1);

    public void Dispose() => _meter.Dispose();
}

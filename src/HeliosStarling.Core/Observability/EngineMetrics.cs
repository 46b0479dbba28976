using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HeliosStarling;

/// <summary>Measures messages and requests, and counts all ignored and dropped messages.</summary>
/// <remarks>Safe to use concurrently. Allocates nothing. Without a listener, it costs only a check.</remarks>
internal sealed class EngineMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "HeliosStarling";

    /// <summary>The status of a request that succeeded.</summary>
    public const string Ok = "OK";

    /// <summary>Replaces names and codes that a peer invented, because each of them would create a separate time series.</summary>
    public const string Other = "_OTHER";

    // The buckets that OpenTelemetry recommends for calls (rpc.server.call.duration).
    private static readonly InstrumentAdvice<double> s_callBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    // Separate, because codes that a peer invents must not use up the places of the application's codes.
    private readonly BoundedCodes _inboundCodes = new();
    private readonly BoundedCodes _outboundCodes = new();
    private readonly Counter<long> _received;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sentBytes;
    private readonly Counter<long> _ignored;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _lateAnswers;
    private readonly Histogram<double> _inboundDurations;
    private readonly Histogram<double> _outboundDurations;

    /// <param name="role">The side that measures: <c>server</c> or <c>client</c>.</param>
    /// <param name="name">The name of the server. Empty: no name.</param>
    /// <param name="factory">Creates the meter and disposes of it. Default: this object creates and owns the meter.</param>
    public EngineMetrics(string role, string name = "", IMeterFactory? factory = null)
    {
        List<KeyValuePair<string, object?>> tags = [new("helios.role", role)];
        if (name.Length > 0) tags.Add(new("helios.server", name));
        var options = new MeterOptions(MeterName) { Tags = tags };
        Meter = factory?.Create(options) ?? new Meter(options);
        _received = Meter.CreateCounter<long>("helios.messages.received", "{message}", "Received messages.");
        _receivedBytes = Meter.CreateCounter<long>("helios.io.received", "By", "Bytes of received messages, without frame headers.");
        _sent = Meter.CreateCounter<long>("helios.messages.sent", "{message}", "Messages handed to a transport.");
        _sentBytes = Meter.CreateCounter<long>("helios.io.sent", "By", "Bytes of messages handed to a transport, without frame headers.");
        _ignored = Meter.CreateCounter<long>("helios.messages.ignored", "{message}", "Messages without a handler.");
        _dropped = Meter.CreateCounter<long>("helios.messages.dropped", "{message}", "Messages that were dropped and are never sent.");
        _lateAnswers = Meter.CreateCounter<long>(
            "helios.requests.late_answers", "{answer}", "Answers of handlers whose request had timed out or was cancelled.");
        _inboundDurations = Meter.CreateHistogram(
            "rpc.server.call.duration", "s", "Duration of requests of the peer, from arrival to answer.", null, s_callBuckets);
        _outboundDurations = Meter.CreateHistogram(
            "rpc.client.call.duration", "s", "Duration of requests to the peer, until the answer.", null, s_callBuckets);
    }

    /// <summary>The meter, to which server and client add their own instruments.</summary>
    public Meter Meter { get; }

    /// <summary>Indicates whether a listener measures the duration of the peer's requests.</summary>
    public bool MeasuresInboundRequests => _inboundDurations.Enabled;

    /// <summary>Indicates whether a listener measures the duration of requests to the peer.</summary>
    public bool MeasuresOutboundRequests => _outboundDurations.Enabled;

    /// <summary>Counts a received message.</summary>
    public void Received(MessageKind kind, long size) => Count(_received, _receivedBytes, kind, size);

    /// <summary>Counts a message that is handed to a transport.</summary>
    public void Sent(MessageKind kind, long size) => Count(_sent, _sentBytes, kind, size);

    /// <summary>Counts a message without a handler.</summary>
    /// <param name="kind">The kind of message: text, json, binary, notification, response, error or ack.</param>
    public void Ignored(string kind) => _ignored.Add(1, new KeyValuePair<string, object?>("helios.message.kind", kind));

    /// <summary>Counts messages that will never be sent.</summary>
    /// <param name="count">The number of messages.</param>
    /// <param name="reason">One of <see cref="DropReasons"/>.</param>
    public void Dropped(int count, string reason)
    {
        if (count > 0) _dropped.Add(count, new KeyValuePair<string, object?>("helios.drop.reason", reason));
    }

    public void LateAnswer() => _lateAnswers.Add(1);

    /// <summary>Records the duration of a request of the peer.</summary>
    /// <param name="method">A registered method, or <see cref="Other"/>.</param>
    /// <param name="code">The error code; null when it succeeded.</param>
    /// <param name="duration">The duration.</param>
    public void InboundRequestEnded(string method, string? code, TimeSpan duration) =>
        Record(_inboundDurations, _inboundCodes, method, code, duration);

    /// <summary>Records the duration of a request to the peer.</summary>
    /// <inheritdoc cref="InboundRequestEnded"/>
    public void OutboundRequestEnded(string method, string? code, TimeSpan duration) =>
        Record(_outboundDurations, _outboundCodes, method, code, duration);

    public void Dispose() => Meter.Dispose();

    private static void Count(Counter<long> messages, Counter<long> bytes, MessageKind kind, long size)
    {
        if (!messages.Enabled && !bytes.Enabled) return;
        var tag = new KeyValuePair<string, object?>("helios.message.kind", MessageKinds.NameOf(kind));
        messages.Add(1, tag);
        bytes.Add(size, tag);
    }

    private static void Record(Histogram<double> histogram, BoundedCodes codes, string method, string? code, TimeSpan duration)
    {
        if (!histogram.Enabled) return;
        var known = code is null ? Ok : codes.Bound(code);
        var tags = new TagList { { "rpc.system.name", "helios" }, { "rpc.method", method }, { "rpc.response.status_code", known } };
        if (code is not null) tags.Add("error.type", known);
        histogram.Record(duration.TotalSeconds, in tags);
    }
}

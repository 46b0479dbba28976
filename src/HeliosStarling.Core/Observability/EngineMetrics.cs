using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HeliosStarling;

/// <summary>Measures messages and requests, and counts what is ignored or dropped, so that nothing disappears without a trace.</summary>
/// <remarks>Safe to use concurrently. Allocates nothing, and without a listener costs a look at whether there is one.</remarks>
internal sealed class EngineMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "HeliosStarling";

    /// <summary>The status of a request that succeeded.</summary>
    public const string Ok = "OK";

    /// <summary>Stands for names and codes that a peer made up: each would be a series of its own.</summary>
    public const string Other = "_OTHER";

    // What OpenTelemetry advises for calls (rpc.server.call.duration).
    private static readonly InstrumentAdvice<double> s_callBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    // Apart: codes that a peer makes up must not take the places of the application's own.
    private readonly BoundedCodes _servedCodes = new();
    private readonly BoundedCodes _askedCodes = new();
    private readonly Counter<long> _received;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sentBytes;
    private readonly Counter<long> _ignored;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _lateAnswers;
    private readonly Histogram<double> _served;
    private readonly Histogram<double> _asked;

    /// <param name="role">Which side measures: <c>server</c> or <c>client</c>.</param>
    /// <param name="name">The server's name; none when empty.</param>
    /// <param name="factory">Makes the meter, and disposes of it. Default: the meter is this object's own.</param>
    public EngineMetrics(string role, string name = "", IMeterFactory? factory = null)
    {
        List<KeyValuePair<string, object?>> tags = [new("helios.role", role)];
        if (name.Length > 0) tags.Add(new("helios.server", name));
        var options = new MeterOptions(MeterName) { Tags = tags };
        Meter = factory?.Create(options) ?? new Meter(options);
        _received = Meter.CreateCounter<long>("helios.messages.received", "{message}", "Messages that came.");
        _receivedBytes = Meter.CreateCounter<long>("helios.io.received", "By", "Bytes of the messages that came, without frames.");
        _sent = Meter.CreateCounter<long>("helios.messages.sent", "{message}", "Messages handed to a transport.");
        _sentBytes = Meter.CreateCounter<long>("helios.io.sent", "By", "Bytes of the messages handed to a transport, without frames.");
        _ignored = Meter.CreateCounter<long>("helios.messages.ignored", "{message}", "Messages that nobody takes.");
        _dropped = Meter.CreateCounter<long>("helios.messages.dropped", "{message}", "Messages that were to be sent and never will be.");
        _lateAnswers = Meter.CreateCounter<long>(
            "helios.requests.late_answers", "{answer}", "Answers of handlers whose request had timed out or was cancelled.");
        _served = Meter.CreateHistogram(
            "rpc.server.call.duration", "s", "From the arrival of a peer's request to its answer.", null, s_callBuckets);
        _asked = Meter.CreateHistogram("rpc.client.call.duration", "s", "From a request to the peer to its answer.", null, s_callBuckets);
    }

    /// <summary>For the instruments of one side alone.</summary>
    public Meter Meter { get; }

    /// <summary>Whether somebody wants to know how long the peer's requests take.</summary>
    public bool TimesServed => _served.Enabled;

    /// <summary>Whether somebody wants to know how long requests to the peer take.</summary>
    public bool TimesAsked => _asked.Enabled;

    /// <summary>Counts a message that came.</summary>
    public void Received(MessageKind kind, long size) => Count(_received, _receivedBytes, kind, size);

    /// <summary>Counts a message that a transport takes.</summary>
    public void Sent(MessageKind kind, long size) => Count(_sent, _sentBytes, kind, size);

    /// <summary>Counts a message that nobody takes.</summary>
    /// <param name="kind">What kind it was: text, json, binary, notification, response, error, ack.</param>
    public void Ignored(string kind) => _ignored.Add(1, new KeyValuePair<string, object?>("helios.message.kind", kind));

    /// <summary>Counts messages that will not be sent.</summary>
    /// <param name="count">How many.</param>
    /// <param name="reason">See <see cref="DropReasons"/>.</param>
    public void Dropped(int count, string reason)
    {
        if (count > 0) _dropped.Add(count, new KeyValuePair<string, object?>("helios.drop.reason", reason));
    }

    public void LateAnswer() => _lateAnswers.Add(1);

    /// <summary>A request of the peer has ended.</summary>
    /// <param name="method">A registered method, or <see cref="Other"/>.</param>
    /// <param name="code">Why it failed; null when it succeeded.</param>
    /// <param name="duration">How long it took.</param>
    public void Served(string method, string? code, TimeSpan duration) => Record(_served, _servedCodes, method, code, duration);

    /// <summary>A request to the peer has ended.</summary>
    /// <inheritdoc cref="Served"/>
    public void Asked(string method, string? code, TimeSpan duration) => Record(_asked, _askedCodes, method, code, duration);

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

using System.Diagnostics.Metrics;

namespace HeliosStarling;

/// <summary>The metrics that only a server has: connections, starlings, recoveries and limits.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class ServerMetrics
{
    // Connections last from milliseconds to days.
    private static readonly InstrumentAdvice<double> s_connectionBuckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.1, 1, 10, 60, 300, 1800, 3600, 21_600, 86_400],
    };

    private static readonly object s_switchingProtocols = 101;
    private static readonly object s_ok = 200;

    private readonly BoundedCodes _codes = new();
    private readonly Histogram<double> _connections;
    private readonly Counter<long> _upgrades;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _tokenFailures;

    public ServerMetrics(Meter meter)
    {
        _connections = meter.CreateHistogram(
            "helios.connection.duration", "s", "The duration of a connection, from the upgrade to the end.", null, s_connectionBuckets);
        _upgrades = meter.CreateCounter<long>("helios.upgrades", "{upgrade}", "Upgrade requests that were answered.");
        _recoveries = meter.CreateCounter<long>("helios.recoveries", "{recovery}", "Connections that came with a recovery token.");
        _rateLimited = meter.CreateCounter<long>("helios.rate_limited", "{refusal}", "Messages, requests and upgrades over a rate limit.");
        _tokenFailures = meter.CreateCounter<long>("helios.token.failures", "{failure}", "Recovery tokens that could not be made.");
    }

    /// <summary>Records the end of a connection.</summary>
    public void ConnectionEnded(int closeCode, TimeSpan duration) =>
        _connections.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("helios.close.code", CloseClass.Of(closeCode)));

    /// <summary>Counts an accepted upgrade request.</summary>
    public void UpgradeAccepted(bool isHttp2) =>
        _upgrades.Add(1, new KeyValuePair<string, object?>("http.response.status_code", isHttp2 ? s_ok : s_switchingProtocols));

    /// <summary>Counts a refused upgrade request.</summary>
    public void UpgradeRefused(Refusal refusal)
    {
        if (!_upgrades.Enabled) return;
        _upgrades.Add(
            1,
            new KeyValuePair<string, object?>("http.response.status_code", refusal.Status),
            new KeyValuePair<string, object?>("error.type", _codes.Bound(refusal.Code)));
    }

    /// <summary>Counts a recovered starling.</summary>
    /// <param name="continues">Whether the conversation continues where it was cut.</param>
    /// <param name="isRemade">Whether the starling was recreated from the token.</param>
    public void Recovered(bool continues, bool isRemade) => CountRecovery(continues ? "resumed" : isRemade ? "restored" : "reattached");

    /// <summary>Counts a recovery that was refused because a newer connection of the client is linked.</summary>
    public void RecoveredLate() => CountRecovery("late");

    /// <summary>Counts a refused recovery.</summary>
    public void RecoveryRefused(string code) => _recoveries.Add(
        1, new KeyValuePair<string, object?>("helios.recovery.outcome", "refused"),
        new KeyValuePair<string, object?>("error.type", _codes.Bound(code)));

    /// <summary>Counts a message, request or upgrade over a rate limit.</summary>
    /// <param name="scope">The scope of the limit: <c>starling</c>, <c>user</c>, <c>address</c>, <c>custom</c> or <c>upgrade</c>.</param>
    public void RateLimited(string scope) => _rateLimited.Add(1, new KeyValuePair<string, object?>("helios.rate_limit.scope", scope));

    /// <summary>Counts a request over the rate limit of its method.</summary>
    public void MethodLimited(string method) => _rateLimited.Add(
        1, new KeyValuePair<string, object?>("helios.rate_limit.scope", "method"), new KeyValuePair<string, object?>("rpc.method", method));

    /// <summary>Counts a token that could not be issued.</summary>
    public void TokenFailed(Exception exception)
    {
        var type = exception is HeliosException failure ? _codes.Bound(failure.Code) : exception.GetType().FullName;
        _tokenFailures.Add(1, new KeyValuePair<string, object?>("error.type", type));
    }

    private void CountRecovery(string outcome) => _recoveries.Add(1, new KeyValuePair<string, object?>("helios.recovery.outcome", outcome));
}

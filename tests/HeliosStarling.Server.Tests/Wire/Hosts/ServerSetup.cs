using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Wire;

/// <summary>What every server of these tests is made from: a clock that stands still, and probes.</summary>
internal sealed class ServerSetup(Action<Helios>? register, Action<HeliosOptions>? configure) : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Start);

    public LogProbe Log { get; } = new();

    public MetricsProbe Metrics { get; } = new();

    public void Configure(HeliosOptions options)
    {
        options.TimeProvider = Time;
        // Long, so that a test which turns the clock is not told that its client is dead.
        options.KeepAliveInterval = TimeSpan.FromHours(1);
        options.ConnectionTimeout = TimeSpan.FromMinutes(5);
        options.Tls = new() { ServerCertificate = TestCertificate.Instance };
        configure?.Invoke(options);
    }

    public void Register(Helios helios) => register?.Invoke(helios);

    public void Dispose() => Metrics.Dispose();
}

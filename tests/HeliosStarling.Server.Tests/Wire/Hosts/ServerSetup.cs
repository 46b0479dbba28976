using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Wire;

/// <summary>The setup of every server in these tests: a fake clock and probes.</summary>
internal sealed class ServerSetup(Action<Helios>? register, Action<HeliosOptions>? configure) : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public FakeTimeProvider Time { get; } = new(Start);

    public LogProbe Log { get; } = new();

    public MetricsProbe Metrics { get; } = new();

    public void Configure(HeliosOptions options)
    {
        options.TimeProvider = Time;
        // Long, so that connections survive when a test advances the clock.
        options.KeepAliveInterval = TimeSpan.FromHours(1);
        options.ConnectionTimeout = TimeSpan.FromMinutes(5);
        options.Tls = new() { ServerCertificate = TestCertificate.Instance };
        configure?.Invoke(options);
    }

    public void Register(Helios helios) => register?.Invoke(helios);

    public void Dispose() => Metrics.Dispose();
}

using System.Threading.RateLimiting;
using HeliosStarling.Framing;
using HeliosStarling.Wire;
using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Limits;

/// <summary>In every partition, invalid messages count too.</summary>
public sealed class RateViolationTests : RateLimitTest
{
    private static readonly Dictionary<string, ClientFrame> s_bad = new()
    {
        ["unknown method"] = ClientFrame.Text(Request("no:method")),
        ["invalid with id"] = ClientFrame.Text(Request("nomethod")),
        ["invalid without id"] = ClientFrame.Text(Of("\"type\":\"nothing\"")),
    };

    // The partition, and whether another connection of the same user and address shares it.
    private static readonly Dictionary<string, bool> s_partitions = new()
    {
        ["connection"] = false,
        ["user"] = true,
        ["address"] = true,
        ["limiter"] = true,
    };

    public static TheoryData<string, string> All => new(
        from partition in s_partitions.Keys
        from bad in s_bad.Keys
        select (partition, bad));

    [Theory]
    [MemberData(nameof(All))]
    public async Task Partition_UnknownMethodsAndViolations_ExactlyThePermits(string partition, string bad)
    {
        PartitionedRateLimiter<Starling>? limiter = null;
        await using var server = await StartAsync(limits => Limit(limits, partition), helios =>
        {
            limiter = PartitionedRateLimiter.Create<Starling, string>(
                starling => RateLimitPartition.Get("all", _ => new CountedLimiter(helios.Engine.Time)));
            if (partition == "limiter") helios.Options.RateLimits.Limiter = limiter;
        });
        using var disposal = limiter!;
        await using var one = await server.ConnectAsync(From("192.0.2.1", "ada"));
        await using var same = await server.ConnectAsync(From("192.0.2.1", "ada"));

        for (var i = 0; i < 3; i++) Assert.False(await IsRefusedAsync(one, s_bad[bad]));
        Assert.True(await IsRefusedAsync(one, s_bad[bad]));

        for (var i = 0; i < 3; i++) Assert.Equal(s_partitions[partition], await IsRefusedAsync(same, s_bad[bad]));
        Assert.True(await IsRefusedAsync(same, s_bad[bad]));
        server.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(await IsRefusedAsync(one, s_bad[bad]));
    }

    private static void Limit(RateLimitOptions limits, string partition)
    {
        if (partition == "connection") limits.PerConnection = ThreePer3Seconds;
        if (partition == "user") limits.PerUser = ThreePer3Seconds;
        if (partition == "address") limits.PerAddress = ThreePer3Seconds;
        // Set when the server exists, because the limiter uses its clock.
        if (partition == "limiter")
            limits.Limiter = PartitionedRateLimiter.Create<Starling, string>(_ => RateLimitPartition.GetNoLimiter(""));
    }

    private static async Task<bool> IsRefusedAsync(WireClient client, ClientFrame frame)
    {
        await client.SendAsync(frame);
        return (await client.ReadTextAsync()).Contains("RATE_LIMIT_EXCEEDED", StringComparison.Ordinal);
    }

    /// <summary>Three permits, all renewed every three seconds of the server's clock.</summary>
    private sealed class CountedLimiter(TimeProvider time) : RateLimiter
    {
        private const int Permits = 3;

        private long _since = time.GetTimestamp();
        private int _left = Permits;

        public override TimeSpan? IdleDuration => null;

        public override RateLimiterStatistics? GetStatistics() => null;

        protected override RateLimitLease AttemptAcquireCore(int permitCount)
        {
            if (time.GetElapsedTime(_since) >= TimeSpan.FromSeconds(3)) (_since, _left) = (time.GetTimestamp(), Permits);
            return new Lease(_left-- > 0);
        }

        protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
            new(AttemptAcquireCore(permitCount));

        private sealed class Lease(bool isAcquired) : RateLimitLease
        {
            public override bool IsAcquired => isAcquired;

            public override IEnumerable<string> MetadataNames => [];

            public override bool TryGetMetadata(string metadataName, out object? metadata)
            {
                metadata = null;
                return false;
            }
        }
    }
}

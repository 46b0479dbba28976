using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.RateLimits;

/// <summary>The number of partitions of a limit, and which it removes.</summary>
public class BucketTableTests
{
    private const int Most = 80;

    private readonly FakeTimeProvider _time = new();
    private readonly BucketTable _table;

    public BucketTableTests() => _table = new BucketTable(new RateLimit(3, TimeSpan.FromDays(1)), _time, Most);

    [Fact]
    public void Partitions_WithALongWindow_AreBounded()
    {
        for (var i = 0; i < 100 * Most; i++)
        {
            Take($"{i}", 1 + (i % 3));
            Assert.InRange(_table.Count, 1, Most);
        }
    }

    [Fact]
    public void Partitions_WithAllPermits_AreRemovedFirst()
    {
        for (var i = 0; i < Most / 2; i++) Take($"limited {i}", 3);
        for (var i = 0; i < Most / 2; i++) _table.Get($"full {i}");

        Take("new", 3);

        for (var i = 0; i < Most / 2; i++) Assert.False(_table.TryTake($"limited {i}", out _));
        Assert.Equal((Most / 2) + 1, _table.Count);
    }

    [Fact]
    public void Partitions_WithFewestUsedPermits_AreRemovedFirst()
    {
        Take("limited", 3);

        for (var i = 0; i < 10 * Most; i++) Take($"{i}", 1);

        Assert.False(_table.TryTake("limited", out _));
    }

    [Fact]
    public void Partitions_OfThePartyWithMost_AreRemovedFirst()
    {
        _table.TryTake("other", out _, party: "somebody");
        _table.TryTake("other", out _, party: "somebody");
        _table.TryTake("other", out _, party: "somebody");

        // All of them lack the same number of permits. They differ only in their party.
        for (var i = 0; i < 10 * Most; i++)
        {
            for (var k = 0; k < 3; k++) _table.TryTake($"{i}", out _, party: "attacker");
        }

        Assert.False(_table.TryTake("other", out _, party: "somebody"));
    }

    [Fact]
    public void Networks_OfOneIPv6Site_AreRemovedFirst()
    {
        var other = Partitions.OfAddress(IPAddress.Parse("2001:db8:1::1"));
        Take(other, 3);

        for (var i = 0; i < 10 * Most; i++) Take(Partitions.OfAddress(IPAddress.Parse($"2001:db8:2:{i:x}::1")), 3);

        Assert.False(_table.TryTake(other, out _));
    }

    [Fact]
    public void Bucket_ThatIsForgotten_IsRetired()
    {
        var bucket = _table.Get("early");
        Assert.True(bucket.TryTake(out _));

        for (var i = 0; i < 2 * Most; i++) Take($"{i}", 2);

        Assert.Null(bucket.TryTake(out _));
        Assert.True(_table.TryTake("early", out _));
    }

    private void Take(object partition, int count)
    {
        for (var i = 0; i < count; i++) _table.TryTake(partition, out _);
    }
}

using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

/// <summary>The count is exact with concurrent callers and large numbers.</summary>
public sealed class TokenBucketTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task TryTake_ByManyAtOnce_GivesExactlyTheBurst()
    {
        var bucket = new TokenBucket(new RateLimit(10, TimeSpan.FromSeconds(1)) { Burst = 20_000 }, _time);

        var taken = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => TakeAll(() => bucket.TryTake(out var _) is true))));

        Assert.Equal(20_000, taken.Sum());
    }

    [Fact]
    public async Task Table_TakersWhileFullBucketsAreForgotten_GiveExactlyTheBurst()
    {
        var table = new BucketTable(new RateLimit(10, TimeSpan.FromSeconds(1)) { Burst = 50 }, _time);
        using var done = new CancellationTokenSource();
        var sweeping = Task.Run(() =>
        {
            while (!done.IsCancellationRequested) table.Sweep();
        });

        for (var partition = 0; partition < 300; partition++)
        {
            // Full, so it may be removed at any moment until the first permit is taken.
            var key = $"{partition}";
            table.Get(key);
            var taken = await Task.WhenAll(
                Enumerable.Range(0, 3).Select(_ => Task.Run(() => TakeAll(() => table.TryTake(key, out var _)))));
            Assert.Equal(50, taken.Sum());
        }

        await done.CancelAsync();
        await sweeping;
    }

    [Fact]
    public void Table_PartitionsThatAreFullAgain_AreForgotten()
    {
        var table = new BucketTable(new RateLimit(2, TimeSpan.FromSeconds(2)), _time);
        for (var i = 0; i < 10; i++) table.TryTake(i, out _);

        _time.Advance(TimeSpan.FromSeconds(0.999));
        table.Sweep();
        Assert.Equal(10, table.Count);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        table.Sweep();

        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void TryTake_RefusedOne_IsToldExactlyWhenThereIsOne()
    {
        var bucket = new TokenBucket(new RateLimit(4, TimeSpan.FromSeconds(1)), _time);
        Assert.Equal(4, TakeAll(() => bucket.TryTake(out var _) is true));
        bucket.TryTake(out var wait);
        Assert.Equal(TimeSpan.FromMilliseconds(250), wait);

        _time.Advance(wait - TimeSpan.FromTicks(1));
        Assert.False(bucket.TryTake(out _));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(bucket.TryTake(out _));
        Assert.False(bucket.TryTake(out _));
    }

    [Theory]
    [InlineData(1, 86_400_000, 1_000_000_000)]
    [InlineData(1_000_000_000, 86_400_000, 1_000_000_000)]
    [InlineData(1_000_000_000, 1, 1)]
    [InlineData(1, 86_400_000, 1)]
    public void TryTake_AtTheEndsOfTheRanges_GivesWhatThereIs(int permits, int windowMilliseconds, int burst)
    {
        var bucket =
            new TokenBucket(new RateLimit(permits, TimeSpan.FromMilliseconds(windowMilliseconds)) { Burst = burst }, TimeProvider.System);

        for (var i = 0; i < Math.Min(burst, 1000); i++) Assert.True(bucket.TryTake(out _));
    }

    private static int TakeAll(Func<bool> take)
    {
        var count = 0;
        while (take()) count++;
        return count;
    }
}

namespace HeliosStarling.Frames;

/// <summary>A frame that nobody has any more carries the next message, whichever thread released it.</summary>
public class FreeFramesTests
{
    private const int Many = 500;

    [Fact]
    public void Of_FrameWasReleased_IsThatFrameWithTheNewMessage()
    {
        var pool = new BufferPool();
        var first = pool.Make("first");
        first.Release();

        var second = pool.Make("second");

        Assert.Same(first, second);
        Assert.Equal("second"u8.ToArray(), second.Message.ToArray());
        second.Release();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Of_MuchIsReleased_NoTwoHaveTheSameFrame()
    {
        var pool = new BufferPool();
        for (var round = 0; round < 3; round++)
        {
            var frames = Enumerable.Range(0, Many).Select(i => pool.Make($"{i}")).ToList();

            Assert.Equal(Many, frames.Distinct(ReferenceEqualityComparer.Instance).Count());
            Assert.Equal(Enumerable.Range(0, Many).Select(i => $"{i}"), frames.Select(frame => System.Text.Encoding.UTF8.GetString(frame.Message.Span)));
            foreach (var frame in frames) frame.Release();
        }
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task Of_OtherThreadsReleasedThem_AreTheirs()
    {
        var pool = new BufferPool();
        var released = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var taken = 0;
        // Another thread each time: what one keeps for itself is out of reach.
        for (var round = 0; round < 20 && taken == 0; round++)
        {
            var frames = Enumerable.Range(0, Many).Select(i => pool.Make($"{i}")).ToList();
            released.UnionWith(frames);
            await RunAsync(() => frames.ForEach(frame => frame.Release()));
            await RunAsync(() => taken += Enumerable.Range(0, Many).Select(i => pool.Make($"{i}")).ToList().Count(released.Contains));
        }

        Assert.NotEqual(0, taken);
    }

    private static Task RunAsync(Action action) => Task.Factory.StartNew(action, Xunit.TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

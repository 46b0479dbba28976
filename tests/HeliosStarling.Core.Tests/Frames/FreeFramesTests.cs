using CsCheck;

namespace HeliosStarling.Frames;

/// <summary>A released frame is reused for the next message, whichever thread released it.</summary>
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
            Assert.Equal(
                Enumerable.Range(0, Many).Select(i => $"{i}"),
                frames.Select(frame => System.Text.Encoding.UTF8.GetString(frame.Message.Span)));
            foreach (var frame in frames) frame.Release();
        }
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Of_AnyLengthsInAnyOrder_EachFrameHasItsMessageAndRoomForIt() =>
        Gen.OneOf(Gen.Int[0, 3000], Gen.Int[16_000, 40_000]).Array[1, 200].Sample(lengths =>
        {
            var pool = new BufferPool();
            var held = new Queue<(Frame Frame, string Text)>();
            foreach (var length in lengths)
            {
                var text = new string((char)('a' + (length % 26)), length);
                held.Enqueue((pool.Make(text), text));
                if (length % 3 == 0) CheckAndRelease(held.Dequeue());
            }
            while (held.TryDequeue(out var next)) CheckAndRelease(next);

            Assert.Equal(0, pool.Rented);
        }, iter: 200);

    [Fact]
    public void Of_SmallMessage_CountsWhatItsBufferTakes()
    {
        var pool = new BufferPool();

        var frame = pool.Make(new string('x', 200));

        Assert.Equal(256 + Frame.Overhead, pool.Rented);
        frame.Release();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task Of_OtherThreadsReleasedThem_AreTheirs()
    {
        var pool = new BufferPool();
        var released = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var taken = 0;
        // Each on another thread, because a thread's own free frames are not shared.
        for (var round = 0; round < 20 && taken == 0; round++)
        {
            var frames = Enumerable.Range(0, Many).Select(i => pool.Make($"{i}")).ToList();
            released.UnionWith(frames);
            await RunAsync(() => frames.ForEach(frame => frame.Release()));
            await RunAsync(() => taken += Enumerable.Range(0, Many).Select(i => pool.Make($"{i}")).ToList().Count(released.Contains));
        }

        Assert.NotEqual(0, taken);
    }

    [Fact]
    public async Task Of_ThreadEncodesOne_LeavesTheOthers()
    {
        var pool = new BufferPool();
        var released = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var text = new string('x', 1000);
        var frames = Enumerable.Range(0, Many).Select(_ => pool.Make(text)).ToList();
        released.UnionWith(frames);
        await RunAsync(() => frames.ForEach(frame => frame.Release()));
        var taken = new List<Frame>();

        // Other tests may take some, too. If each thread took the largest batch, 8 threads would get one.
        for (var thread = 0; thread < 100; thread++) await RunAsync(() => taken.Add(pool.Make(text)));

        Assert.InRange(taken.Count(released.Contains), 50, 100);
    }

    private static void CheckAndRelease((Frame Frame, string Text) held)
    {
        Assert.Equal(held.Text, System.Text.Encoding.UTF8.GetString(held.Frame.Message.Span));
        held.Frame.Release();
    }

    private static Task RunAsync(Action action) =>
        Task.Factory.StartNew(action, Xunit.TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

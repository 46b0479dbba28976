namespace HeliosStarling.Allocations;

/// <summary>
/// A broadcast and its deliveries on pool threads. The application already has its data, so everything allocated is the framework's.
/// </summary>
public class BroadcastTests : AllocationTest
{
    private const string Topic = "bench:news";
    private const int Few = 10;
    private const int Many = 100;

    private readonly Payload _news = new("The quick brown fox jumps over the lazy dog, and the dog sleeps.", "lobby");

    [Fact]
    public async Task Broadcast_ToAHundred_AllocatesNothing()
    {
        for (var i = 0; i < Many; i++)
        {
            var (_, starling) = await ConnectAsync();
            await starling.JoinAsync("many");
            if (i < Few) await starling.JoinAsync("few");
        }

        var few = BytesOfRound("few", Few);
        var many = BytesOfRound("many", Many);

        Assert.Equal((0, 0), (few / Messages, many / Messages));
    }

    private long BytesOfRound(string group, int receivers)
    {
        var size = SizeOnTheWire();
        return BytesOfAllThreads(() =>
        {
            for (var i = 0; i < Messages; i++)
            {
                var delivered = Sent + (receivers * size);
                Expect(receivers, Helios.Starlings.Group(group).BroadcastAsync(Topic, _news));
                WaitForSent(delivered);
            }
        });
    }

    // An assertion of numbers would allocate.
    private static void Expect(int receivers, ValueTask<BroadcastResult> told) =>
        Assert.True(told.IsCompletedSuccessfully && told.Result.LocalReceivers == receivers);

    private int SizeOnTheWire()
    {
        var frame = Helios.Engine.Encoder.Notification(Topic, new SerializedJson(_news, Helios.Engine.Types));
        var size = frame.Wire.Length;
        frame.Release();
        return size;
    }
}

namespace HeliosStarling;

/// <summary>A request that waits for a place while none becomes free.</summary>
public class WaitingRequestTests
{
    [Fact]
    public void Request_CancelledWhileItWaits_LeavesTheQueueAndItsMemory()
    {
        var engine = Engines.Create(limits: new RequestLimits { Concurrent = 1 });
        engine.Methods.Add(
            new MethodEntry("wait:forever", static _ => new ValueTask(new TaskCompletionSource().Task), new MethodOptions()));
        var (running, waiting) = (new TestSession(engine), new TestSession(engine) { Linked = new RecordingConnection() });
        running.ReceiveRequest("wait:forever");
        var before = engine.Buffers.Rented;
        var id = waiting.ReceiveRequest("wait:forever", "payload");
        Assert.Equal(1, engine.Lanes.Pool.Waiting);

        waiting.ReceiveNotification("system:cancel", null, id);

        Assert.Equal((1, 0, 0), (engine.Lanes.Pool.Running, engine.Lanes.Pool.Waiting, waiting.Inbound.Count));
        Assert.Equal(before, engine.Buffers.Rented);
    }
}

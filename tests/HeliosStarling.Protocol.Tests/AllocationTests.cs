using System.Buffers;

namespace HeliosStarling.Protocol;

public class AllocationTests
{
    private const int Calls = 1000;
    private const int Rounds = 5;

    [Theory]
    [InlineData("\"request\",\"requestId\":\"" + Frames.Id + "\",\"method\":\"a:b\",\"payload\":[1],\"metadata\":{},\"peer\":true}")]
    [InlineData("\"response\",\"requestId\":\"" + Frames.Id + "\",\"success\":true,\"data\":[1]}")]
    [InlineData("\"notification\",\"requestId\":\"" + Frames.Id + "\",\"notification\":{\"topic\":\"chat:message\",\"data\":\"\\u0041\"}}")]
    [InlineData("\"ack\",\"messageId\":\"" + Frames.Id + "\",\"received\":5}")]
    [InlineData("\"ping\"}")]
    public void Read_ValidMessage_AllocatesNothing(string rest)
    {
        ReadOnlyMemory<byte> frame = Frames.Utf8(Frames.Head + rest);
        Assert.Equal(ReadStatus.Message, MessageReader.Read(frame, out _, out _));
        Assert.Equal(0, Allocated(() => MessageReader.Read(frame, out _, out _)));
    }

    [Fact]
    public void Read_ValidMessageOutOfOrder_AllocatesNothing()
    {
        ReadOnlyMemory<byte> frame = Frames.Utf8("""
            { "type": "ping", "timestamp": 1, "version": "1.0.1", "protocol": "helios-starling" }
            """);
        Assert.Equal(ReadStatus.Message, MessageReader.Read(frame, out _, out _));
        Assert.Equal(0, Allocated(() => MessageReader.Read(frame, out _, out _)));
    }

    [Fact]
    public void Write_EveryKind_AllocatesNothing()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var id = Frames.Utf8(Frames.Id);
        var body = Frames.Body("{\"a\":1}");
        Assert.Equal(0, Allocated(() =>
        {
            output.ResetWrittenCount();
            MessageWriter.WriteRequest(output, 1, Guid.Empty, "chat:send"u8, body, "{}"u8);
            MessageWriter.WriteSuccess(output, 1, id, body);
            MessageWriter.WriteFailure(output, 1, id, "METHOD_ERROR", "Method \"x\" failed 🙂", body);
            MessageWriter.WriteNotification(output, 1, "chat:message"u8, body, id);
            MessageWriter.WriteError(output, 1, ErrorSeverity.Application, "INTERNAL_ERROR", "no", body);
            MessageWriter.WriteAck(output, 1, id, 5);
            MessageWriter.WritePing(output, 1, id);
        }));
    }

    private static long Allocated(Action action)
    {
        // The first call may initialize statics.
        action();
        // The best of several rounds counts, because a collection charges the thread with the unused rest of its allocation
        // context.
        var best = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++) action();
            best = Math.Min(best, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return best;
    }
}

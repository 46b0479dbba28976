using System.Runtime.InteropServices;

namespace HeliosStarling.Protocol;

public class MessageReaderTests
{
    private static readonly byte[] s_request = Frames.Utf8(
        Frames.Head + "\"request\",\"requestId\":\"" + Frames.Id + "\",\"method\":\"chat:send\",\"payload\":{\"a\":[1]},\"metadata\":{}}");

    [Fact]
    public void Read_Request_SlicesPointIntoTheFrame()
    {
        MessageReader.Read(s_request, out var message, out _);
        Assert.All([message.Name, message.Data, message.IdText, message.Metadata], slice =>
        {
            MemoryMarshal.TryGetArray(slice, out var segment);
            Assert.Same(s_request, segment.Array);
        });
    }

    [Fact]
    public void Read_Payload_KeepsItsBytes()
    {
        const string payload = "{ \"a\" : [ 1.0 , \"\\u0041\" ] }";
        var frame = Frames.Utf8($"{Frames.Head}\"request\",\"requestId\":\"{Frames.Id}\",\"method\":\"a:b\",\"payload\": {payload} }}");
        MessageReader.Read(frame, out var message, out _);
        Assert.Equal(payload, message.Data.Text());
    }

    [Fact]
    public void Read_RequestId_IsParsed()
    {
        MessageReader.Read(s_request, out var message, out _);
        Assert.Equal(Guid.Parse(Frames.Id), message.Id);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Read_MillionLevels_EndsAsJson(string open, string close)
    {
        const int levels = 1_000_000;
        var text = string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
        Assert.Equal(ReadStatus.Json, MessageReader.Read(Frames.Utf8(text), out _, out _));
    }

    [Fact]
    public void Read_InvalidUtf8InsideString_IsHandedOn()
    {
        byte[] frame = [.. Frames.Utf8(Frames.Head + "\"notification\",\"notification\":{\"data\":\""), 0xFF, 0xC0, .. "\"}}"u8];
        Assert.Equal(ReadStatus.Message, MessageReader.Read(frame, out var message, out _));
        Assert.Equal([(byte)'"', 0xFF, 0xC0, (byte)'"'], message.Data.ToArray());
    }

    [Fact]
    public void Read_MegabytePayload_IsOneSlice()
    {
        var payload = "\"" + new string('x', 1 << 20) + "\"";
        MessageReader.Read(Frames.Utf8($"{Frames.Head}\"notification\",\"notification\":{{\"data\":{payload}}}}}"), out var message, out _);
        Assert.Equal(payload.Length, message.Data.Length);
    }

    [Fact]
    public void Read_ViolationOfHugeFields_StaysShort()
    {
        var huge = new string('9', 100_000);
        var frame = Frames.Utf8(Frames.Head.Replace("1.0.0", $"{huge}.0.0", StringComparison.Ordinal) + "\"ping\"}");
        MessageReader.Read(frame, out _, out var violation);
        Assert.True(violation!.ReceivedVersion!.Length + violation.Faults.Sum(fault => fault.Length) < 500);
    }

    [Fact]
    public void TryFindRequestId_AnyCutBehindIt_FindsIt()
    {
        var end = s_request.AsSpan().IndexOf(Frames.Utf8(Frames.Id)) + Frames.Id.Length + 1;
        for (var cut = end; cut <= s_request.Length; cut++)
        {
            Assert.True(MessageReader.TryFindRequestId(s_request.AsMemory(0, cut), out var id));
            Assert.Equal(Frames.Id, id.Text());
        }
    }

    [Fact]
    public void TryFindRequestId_AnyCutBeforeItsEnd_FindsNothing()
    {
        var end = s_request.AsSpan().IndexOf(Frames.Utf8(Frames.Id)) + Frames.Id.Length + 1;
        for (var cut = 0; cut < end; cut++) Assert.False(MessageReader.TryFindRequestId(s_request.AsMemory(0, cut), out _));
    }

    // However large the faults are, the answer repeats at most 64 characters of a version.
    [Theory]
    [InlineData("{\"protocol\":\"helios-starling\",\"version\":LONG,\"timestamp\":LONG,\"type\":\"request\",\"requestId\":LONG,\"method\":LONG,\"metadata\":LONG,\"peer\":LONG}")]
    [InlineData("{\"protocol\":\"helios-starling\",\"version\":LONG,\"timestamp\":LONG,\"type\":\"response\",\"requestId\":LONG,\"success\":LONG,\"error\":LONG,\"metadata\":LONG,\"peer\":LONG}")]
    [InlineData("{\"protocol\":\"helios-starling\",\"version\":LONG,\"timestamp\":LONG,\"type\":\"notification\",\"requestId\":LONG,\"notification\":{\"topic\":LONG},\"metadata\":LONG,\"peer\":LONG}")]
    [InlineData("{\"protocol\":\"helios-starling\",\"version\":LONG,\"type\":\"ack\",\"messageId\":LONG,\"received\":LONG,\"metadata\":LONG,\"peer\":LONG}")]
    [InlineData("{\"protocol\":\"helios-starling\",\"version\":\"2.0.LONGDIGITS\",\"type\":LONG}")]
    public void WriteViolation_OfAHugeMessage_IsShort(string shape)
    {
        var text = new string('x', 100_000);
        var frame = Frames.Utf8(shape.Replace("LONGDIGITS", new string('1', 100_000), StringComparison.Ordinal)
            .Replace("LONG", $"\"{text}\"", StringComparison.Ordinal));
        Assert.Equal(ReadStatus.Invalid, MessageReader.Read(frame, out _, out var violation));

        var answer = new System.Buffers.ArrayBufferWriter<byte>();
        MessageWriter.WriteViolation(answer, 1, violation!);

        Assert.InRange(answer.WrittenCount, 1, 2048);
    }
}

using System.Buffers;
using System.Text.Json;

namespace HeliosStarling.Protocol;

public class MessageWriterTests
{
    private const long Timestamp = 1_700_000_000_000;

    [Fact]
    public void Request_WithPayload_HasExactBytes() => Assert.Equal(
        Frames.Head + $$$$"""
        "request","requestId":"{{{{Frames.Id}}}}","method":"chat:send","payload":{"a":1}}
        """,
        Frames.Written(o => MessageWriter.WriteRequest(o, Timestamp, Guid.Parse(Frames.Id), "chat:send"u8, Frames.Body("""{"a":1}"""))));

    [Fact]
    public void Request_WithoutPayload_LeavesFieldOut() => Assert.Equal(
        Frames.Head + $$$$"""
        "request","requestId":"{{{{Frames.Id}}}}","method":"chat:send"}
        """,
        Frames.Written(o => MessageWriter.WriteRequest(o, Timestamp, Guid.Parse(Frames.Id), "chat:send"u8, default(RawJson))));

    [Fact]
    public void Request_WithMetadata_HasExactBytes() => Assert.Equal(
        Frames.Head + $$$$"""
        "request","requestId":"{{{{Frames.Id}}}}","method":"chat:send","metadata":{"t":2},"payload":null}
        """,
        Frames.Written(o => MessageWriter.WriteRequest(
            o, Timestamp, Guid.Parse(Frames.Id), "chat:send"u8, Frames.Body("null"), """{"t":2}"""u8)));

    [Theory]
    [InlineData("""{"a":1}""", ""","data":{"a":1}}""")]
    [InlineData("null", ""","data":null}""")]
    [InlineData("", "}")]
    public void Success_WithData_HasExactBytes(string data, string end) => Assert.Equal(
        Frames.Head + $$$$"""
        "response","requestId":"{{{{Frames.Id}}}}","success":true
        """ + end,
        Frames.Written(o => MessageWriter.WriteSuccess(o, Timestamp, Frames.Utf8(Frames.Id), Frames.Body(data))));

    [Theory]
    [InlineData("""{"a":1}""", ""","details":{"a":1}}}""")]
    [InlineData("", "}}")]
    public void Failure_WithDetails_HasExactBytes(string details, string end) => Assert.Equal(
        Frames.Head + $$$$"""
        "response","requestId":"{{{{Frames.Id}}}}","success":false,"error":{"code":"METHOD_ERROR","message":"Method execution failed"
        """ + end,
        Frames.Written(o => MessageWriter.WriteFailure(
            o, Timestamp, Frames.Utf8(Frames.Id), "METHOD_ERROR", "Method execution failed", Frames.Body(details))));

    [Theory]
    [InlineData("progress", """{"a":1}""", """{"topic":"progress","data":{"a":1}}}""")]
    [InlineData("progress", "", """{"topic":"progress"}}""")]
    [InlineData("", "5", """{"data":5}}""")]
    [InlineData("", "", """{}}""")]
    public void Notification_WithTopicAndData_HasExactBytes(string topic, string data, string end) => Assert.Equal(
        Frames.Head + "\"notification\",\"notification\":" + end,
        Frames.Written(o => MessageWriter.WriteNotification(o, Timestamp, Frames.Utf8(topic), Frames.Body(data))));

    [Fact]
    public void Notification_TiedToRequest_CarriesRequestId() => Assert.Equal(
        Frames.Head + $$$$"""
        "notification","requestId":"{{{{Frames.Id}}}}","notification":{"topic":"a:b","data":1}}
        """,
        Frames.Written(o => MessageWriter.WriteNotification(o, Timestamp, "a:b"u8, Frames.Body("1"), Frames.Utf8(Frames.Id))));

    [Theory]
    [InlineData(ErrorSeverity.Protocol, "protocol")]
    [InlineData(ErrorSeverity.Application, "application")]
    public void Error_WithSeverity_HasExactBytes(ErrorSeverity severity, string name) => Assert.Equal(
        Frames.Head + $$$$"""
        "error","error":{"severity":"{{{{name}}}}","code":"INTERNAL_ERROR","message":"no","details":[1]}}
        """,
        Frames.Written(o => MessageWriter.WriteError(o, Timestamp, severity, "INTERNAL_ERROR", "no", Frames.Body("[1]"))));

    [Fact]
    public void Ack_WithoutCount_HasExactBytes() => Assert.Equal(
        Frames.Head + $$$$"""
        "ack","messageId":"{{{{Frames.Id}}}}"}
        """,
        Frames.Written(o => MessageWriter.WriteAck(o, Timestamp, Frames.Utf8(Frames.Id))));

    [Fact]
    public void Ack_WithCount_HasExactBytes() => Assert.Equal(
        Frames.Head + $$$$"""
        "ack","messageId":"{{{{Frames.Id}}}}","received":9223372036854775807}
        """,
        Frames.Written(o => MessageWriter.WriteAck(o, Timestamp, Frames.Utf8(Frames.Id), long.MaxValue)));

    [Fact]
    public void Ping_WithId_HasExactBytes() => Assert.Equal(
        Frames.Head + $$$$"""
        "ping","messageId":"{{{{Frames.Id}}}}"}
        """,
        Frames.Written(o => MessageWriter.WritePing(o, Timestamp, Frames.Utf8(Frames.Id))));

    [Fact]
    public void Ping_WithoutId_LeavesFieldOut() =>
        Assert.Equal(Frames.Head + "\"ping\"}", Frames.Written(o => MessageWriter.WritePing(o, Timestamp, default)));

    [Theory]
    [InlineData("say \"hi\"", "say \\\"hi\\\"")]
    [InlineData("a\\b/c", "a\\\\b/c")]
    [InlineData("\b\f\n\r\t", "\\b\\f\\n\\r\\t")]
    [InlineData("\0\u001f\u007f", "\\u0000\\u001f\u007f")]
    [InlineData("é € 🙂", "é € 🙂")]
    public void Failure_MessageWithSpecialCharacters_IsEscaped(string message, string written) => Assert.Equal(
        $"\"message\":\"{written}\"}}}}",
        Failure(message)[Failure(message).IndexOf("\"message\"", StringComparison.Ordinal)..]);

    // Not as a theory: an attribute cannot hold a lone surrogate.
    [Fact]
    public void Failure_MessageWithLoneSurrogates_HoldsReplacements() =>
        Assert.Equal("a \ufffd b \ufffd", WrittenMessage("a \ud83d b \ude42"));

    [Fact]
    public void Failure_MessageOverLimit_IsCutTo1024Characters() =>
        Assert.Equal(new string('x', 1024), WrittenMessage(new string('x', 5000)));

    [Fact]
    public void Failure_MessageCutInsideSurrogatePair_LosesWholePair() =>
        Assert.Equal(new string('x', 1023), WrittenMessage(new string('x', 1023) + "🙂🙂"));

    [Fact]
    public void Violation_WithRequestId_IsResponse()
    {
        var violation = new Violation
        {
            Code = "A",
            Message = "m",
            Faults = ["a: \"b\"", "c: d"],
            RequestIdText = Frames.Utf8(Frames.Id),
        };
        Assert.Equal(
            Frames.Head + $$$$"""
            "response","requestId":"{{{{Frames.Id}}}}","success":false,"error":{"code":"A","message":"m",
            """ + """
            "details":{"violations":["a: \"b\"","c: d"]}}}
            """,
            Frames.Written(o => MessageWriter.WriteViolation(o, Timestamp, violation)));
    }

    [Fact]
    public void Violation_OfVersion_NamesSupportedAndReceived()
    {
        var violation = new Violation { Code = "A", Message = "m", Faults = ["version: x"], ReceivedVersion = "2.0.0" };
        Assert.Equal(
            Frames.Head + """
            "error","error":{"severity":"protocol","code":"A","message":"m","details":{"supported":["1.x"],"received":"2.0.0"}}}
            """,
            Frames.Written(o => MessageWriter.WriteViolation(o, Timestamp, violation)));
    }

    [Fact]
    public void Write_OutputGivesNoMoreRoomThanAsked_Fits()
    {
        var output = new ExactOutput();
        var id = Frames.Utf8(Frames.Id);
        var text = new string('\u0001', 2000);
        MessageWriter.WriteRequest(output, long.MinValue, Guid.Empty, "a:b"u8, Frames.Body("1"), "{}"u8);
        MessageWriter.WriteSuccess(output, long.MinValue, id, Frames.Body("1"));
        MessageWriter.WriteFailure(output, long.MinValue, id, "A", text, Frames.Body("1"));
        MessageWriter.WriteNotification(output, long.MinValue, "a:b"u8, Frames.Body("1"), id);
        MessageWriter.WriteError(output, long.MinValue, ErrorSeverity.Application, "A", text, Frames.Body("1"));
        MessageWriter.WriteAck(output, long.MinValue, id, long.MaxValue);
        MessageWriter.WritePing(output, long.MinValue, id);
        Assert.True(output.Largest < 7000);
    }

    private static string Failure(string message) =>
        Frames.Written(o => MessageWriter.WriteFailure(o, Timestamp, Frames.Utf8(Frames.Id), "A", message, default(RawJson)));

    private static string? WrittenMessage(string message)
    {
        using var document = JsonDocument.Parse(Failure(message));
        return document.RootElement.GetProperty("error").GetProperty("message").GetString();
    }

    /// <summary>Gives exactly the requested size.</summary>
    private sealed class ExactOutput : IBufferWriter<byte>
    {
        public int Largest { get; private set; }

        public void Advance(int count) => Largest = Math.Max(Largest, count);

        public Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}

namespace HeliosStarling.Framing;

/// <summary>RFC 6455 sections 5.5.1 and 7.4: close frames.</summary>
public class CloseFrameTests
{
    // RFC 6455 5.5.1: a close frame may be empty.
    [Fact]
    public void Close_WithoutPayload_HasNoCode() => Assert.Equal(["Close 0"], Transcript.Of(new ClientFrame(8, [])));

    // RFC 6455 5.5.1: if there is a body, its first two bytes are the code.
    [Fact]
    public void Close_WithOneByte_ClosesWith1002() =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(new ClientFrame(8, [3])));

    [Fact]
    public void Close_WithCodeAndReason_HasBoth() =>
        Assert.Equal(["Close 1000 bye, ü"], Transcript.Of(ClientFrame.Close(1000, "bye, ü")));

    // RFC 6455 7.4.1 and 7.4.2, and the codes registered later (1012 to 1014).
    [Theory]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1003)]
    [InlineData(1007)]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(1010)]
    [InlineData(1011)]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4999)]
    public void Close_AllowedCode_IsRead(int code) => Assert.Equal([$"Close {code}"], Transcript.Of(ClientFrame.Close(code)));

    // RFC 6455 7.4.1 and 7.4.2: codes that must not be sent.
    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(2000)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public void Close_CodeNotAllowed_ClosesWith1002(int code) =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(ClientFrame.Close(code)));

    // RFC 6455 5.5.1: the reason is UTF-8.
    [Fact]
    public void Close_ReasonNotUtf8_ClosesWith1007() =>
        Assert.Equal(["Invalid 1007"], Transcript.Of(new ClientFrame(8, [0x03, 0xE8, 0xC3])));

    // Only messages count as received when they make the reader close.
    [Fact]
    public void Close_ReasonNotUtf8_IsNoFaultOfAMessage()
    {
        using var reader = new FrameReader(100, new BufferPool());

        _ = Transcript.Read(reader, new ClientFrame(8, [0x03, 0xE8, 0xC3]).ToBytes()).ToList();

        Assert.False(reader.IsFaultOfMessage);
    }

    // RFC 6455 5.5.1: after a close frame, nothing more is read.
    [Fact]
    public void Frames_BehindAClose_AreThrownAway() =>
        Assert.Equal(["Close 1000"], Transcript.Of(ClientFrame.Close(1000), ClientFrame.Text("late"), new ClientFrame(0xF, [])));

    // RFC 6455 5.4: a close may come between fragments; the message is then lost.
    [Fact]
    public void Close_InsideAFragmentedMessage_LeavesTheReaderIdle()
    {
        using var reader = new FrameReader(100, new BufferPool());
        var bytes = ClientFrame.Join(ClientFrame.Text("half") with { Fin = false }, ClientFrame.Close(1000));

        _ = Transcript.Read(reader, bytes).ToList();

        Assert.True(reader.IsIdle);
    }
}

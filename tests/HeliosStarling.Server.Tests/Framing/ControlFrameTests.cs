namespace HeliosStarling.Framing;

/// <summary>RFC 6455 section 5.5: control frames.</summary>
public class ControlFrameTests
{
    private static readonly byte[] s_longestPayload = [.. Enumerable.Range(0, 125).Select(i => (byte)i)];

    // RFC 6455 5.5: control frames hold at most 125 bytes.
    [Theory]
    [InlineData(0x8)]
    [InlineData(0x9)]
    [InlineData(0xA)]
    public void ControlFrame_Over125Bytes_ClosesWith1002(byte opcode) =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(new ClientFrame(opcode, new byte[126])));

    // RFC 6455 5.5: control frames must not be fragmented.
    [Theory]
    [InlineData(0x8)]
    [InlineData(0x9)]
    [InlineData(0xA)]
    public void ControlFrame_Fragmented_ClosesWith1002(byte opcode) =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(new ClientFrame(opcode, []) { Fin = false }));

    // RFC 6455 5.5.2
    [Fact]
    public void Ping_WithoutPayload_IsRead() => Assert.Equal(["Ping"], Transcript.Of(ClientFrame.Ping()));

    // RFC 6455 5.5.2: the payload comes back in the pong.
    [Fact]
    public void Ping_WithLongestPayload_IsReadWithIt() =>
        Assert.Equal([$"Ping {Convert.ToHexString(s_longestPayload)}"], Transcript.Of(ClientFrame.Ping(s_longestPayload)));

    // RFC 6455 5.5.3: a pong may come unasked.
    [Fact]
    public void Pong_Unasked_IsRead() => Assert.Equal(["Pong 0102"], Transcript.Of(ClientFrame.Pong(1, 2)));

    // RFC 6455 5.4 and 5.5: control frames may stand between the fragments of a message.
    [Fact]
    public void ControlFrames_BetweenFragments_AreReadBeforeTheMessage() => Assert.Equal(
        ["Ping 01", "Pong 02", "Text Hello"],
        Transcript.Of(
            ClientFrame.Text("Hel") with { Fin = false },
            ClientFrame.Ping(1),
            ClientFrame.Continuation("l"u8.ToArray()) with { Fin = false },
            ClientFrame.Pong(2),
            ClientFrame.Continuation("o"u8.ToArray())));
}

namespace HeliosStarling.Framing;

/// <summary>RFC 6455 section 5.4: messages in fragments.</summary>
public class FragmentTests
{
    // RFC 6455 5.4 and 5.7: the sample of the standard, "Hello" in two frames.
    [Fact]
    public void Message_InTwoFragments_IsJoined() => Assert.Equal(
        ["Text Hello"],
        Transcript.Of(ClientFrame.Text("Hel") with { Fin = false }, ClientFrame.Continuation("lo"u8.ToArray())));

    // RFC 6455 5.4: a continuation needs a message to continue.
    [Fact]
    public void Continuation_OutsideAMessage_ClosesWith1002() =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(ClientFrame.Continuation(1)));

    [Fact]
    public void Continuation_BehindACompleteMessage_ClosesWith1002() =>
        Assert.Equal(["Text a", "Invalid 1002"], Transcript.Of(ClientFrame.Text("a"), ClientFrame.Continuation(1)));

    // RFC 6455 5.4: fragments of different messages are not mixed.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void NewMessage_InsideAMessage_ClosesWith1002(byte opcode) => Assert.Equal(
        ["Invalid 1002"],
        Transcript.Of(ClientFrame.Text("a") with { Fin = false }, new ClientFrame(opcode, [1])));

    // RFC 6455 5.4: a fragment may be empty.
    [Fact]
    public void Message_OfEmptyFragments_IsEmpty() => Assert.Equal(
        ["Binary"],
        Transcript.Of(
            ClientFrame.Binary() with { Fin = false },
            ClientFrame.Continuation() with { Fin = false },
            ClientFrame.Continuation()));

    [Fact]
    public void Message_OfOneByteFragments_IsJoined()
    {
        var text = string.Concat(Enumerable.Range(0, 4000).Select(i => (char)('a' + (i % 26))));

        Assert.Equal([$"Text {text}"], Transcript.Of(ClientFrame.Fragments(1, System.Text.Encoding.UTF8.GetBytes(text), 1)));
    }
}

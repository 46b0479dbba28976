namespace HeliosStarling.Framing;

/// <summary>RFC 6455 section 5, rule by rule: the frame headers of clients.</summary>
public class FrameRulesTests
{
    // RFC 6455 5.1: a server must close when a frame is not masked.
    [Fact]
    public void Frame_UnmaskedFromClient_ClosesWith1002() =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(ClientFrame.Text("hello") with { Mask = null }));

    // RFC 6455 5.3 and 5.7: the sample of the standard, a masked "Hello".
    [Fact]
    public void Frame_SampleOfTheStandard_IsRead() => Assert.Equal(
        ["Text Hello"],
        Transcript.OfBytes([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]));

    // RFC 6455 5.2: reserved bits must be 0, because no extension is negotiated.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(7)]
    public void Frame_ReservedBitSet_ClosesWith1002(byte bits) =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(ClientFrame.Text("hello") with { ReservedBits = bits }));

    // RFC 6455 5.2: opcodes 3 to 7 and B to F are reserved.
    [Theory]
    [InlineData(0x3)]
    [InlineData(0x4)]
    [InlineData(0x5)]
    [InlineData(0x6)]
    [InlineData(0x7)]
    [InlineData(0xB)]
    [InlineData(0xC)]
    [InlineData(0xD)]
    [InlineData(0xE)]
    [InlineData(0xF)]
    public void Frame_ReservedOpcode_ClosesWith1002(byte opcode) =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(new ClientFrame(opcode, [])));

    // RFC 6455 5.2: "the minimal number of bytes MUST be used to encode the length".
    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(125, 8)]
    [InlineData(126, 8)]
    [InlineData(65535, 8)]
    public void Frame_LengthInMoreBytesThanNeeded_ClosesWith1002(int length, int lengthSize) =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(new ClientFrame(2, new byte[length]) { LengthSize = lengthSize }));

    // RFC 6455 5.2: the borders between the three forms of the length.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Frame_LengthAtABorderOfItsForms_IsRead(int length) => Assert.Equal(
        [$"Text {new string('x', length)}"],
        Transcript.Of(ClientFrame.Text(new string('x', length))));

    // RFC 6455 5.2: the most significant bit of a 64-bit length must be 0.
    [Fact]
    public void Frame_LengthWithTopBit_ClosesWith1002() =>
        Assert.Equal(["Invalid 1002"], Transcript.Of(ClientFrame.Binary() with { ClaimedLength = 1UL << 63 }));
}

namespace HeliosStarling;

public class FrameTests
{
    // RFC 6455 section 5.2: 7 bits, then 16, then 64, always the shortest.
    [Theory]
    [InlineData(0, "8100")]
    [InlineData(1, "8101")]
    [InlineData(125, "817D")]
    [InlineData(126, "817E007E")]
    [InlineData(65535, "817EFFFF")]
    [InlineData(65536, "817F0000000000010000")]
    public void Wire_TextOfLength_HasTheShortestHeader(int length, string header)
    {
        var text = new string('x', length);
        var frame = new BufferPool().Make(text);

        Assert.Equal(header, Convert.ToHexString(frame.Wire.Span[..^length]));
        Assert.True(frame.Wire.Span[^length..].IndexOfAnyExcept((byte)'x') < 0);
    }

    [Fact]
    public void Wire_Binary_HasItsOpcode() => Assert.Equal(0x82, new BufferPool().Make("x", FrameKind.Binary).Wire.Span[0]);

    [Fact]
    public void Message_OfFrame_IsWithoutHeader()
    {
        var frame = new BufferPool().Make("hello");

        Assert.Equal("hello"u8.ToArray(), frame.Message.ToArray());
        Assert.Equal(5, frame.Size);
    }

    [Fact]
    public void Release_LastReference_GivesTheBufferBackOnce()
    {
        var pool = new BufferPool();
        var frame = pool.Make("hello").Retain().Retain();

        frame.Release();
        frame.Release();
        Assert.NotEqual(0, pool.Rented);

        frame.Release();
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public void Release_FromManyThreads_GivesTheBufferBackOnce()
    {
        var pool = new BufferPool();
        for (var round = 0; round < 200; round++)
        {
            var frame = pool.Make("hello");
            for (var i = 0; i < 7; i++) frame.Retain();

            Parallel.For(0, 8, _ => frame.Release());

            Assert.Equal(0, pool.Rented);
        }
    }
}

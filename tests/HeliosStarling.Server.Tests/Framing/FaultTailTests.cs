namespace HeliosStarling.Framing;

/// <summary>After a fault only a close frame of the peer is recognized.</summary>
public class FaultTailTests
{
    public static TheoryData<string> Faults => [.. s_faults.Keys];

    private static readonly Dictionary<string, ClientFrame[]> s_faults = new()
    {
        ["reserved bits"] = [ClientFrame.Text("hello") with { ReservedBits = 4 }],
        ["no mask"] = [ClientFrame.Text("hello") with { Mask = null }],
        ["long form of a length"] = [ClientFrame.Text("hello") with { LengthSize = 8 }],
        ["unknown opcode"] = [new ClientFrame(0xB, new byte[70_000])],
        ["long ping"] = [new ClientFrame(0x9, new byte[126])],
        ["continuation of nothing"] = [ClientFrame.Continuation(1)],
        ["text inside a text"] = [ClientFrame.Text("a") with { Fin = false }, ClientFrame.Text("b")],
        ["not UTF-8"] = [new ClientFrame(1, [0x61, 0xFF, .. new byte[100]])],
        ["ends inside a code point"] = [new ClientFrame(1, [0xC3])],
        ["too large"] = [ClientFrame.Binary(new byte[20_000])],
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Close_BehindAFault_IsSeenHoweverItIsCut(string fault)
    {
        var bytes = ClientFrame.Join([.. s_faults[fault], ClientFrame.Ping(1), ClientFrame.Text("late"), ClientFrame.Close(1002, "sorry")]);

        foreach (var size in new[] { 1, 3, 1000, bytes.Length })
        {
            using var reader = new FrameReader(1000, new BufferPool());
            Assert.All(bytes[..^1].Chunk(size), piece => Assert.False(Push(reader, piece)));
            Assert.True(Push(reader, bytes.AsSpan(bytes.Length - 1)));
            Assert.False(reader.HasMoreBehindClose);
            Assert.True(reader.IsIdle);
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Frames_BehindAFault_AreNotRead(string fault)
    {
        using var reader = new FrameReader(1000, new BufferPool());
        Push(reader, ClientFrame.Join(s_faults[fault]));
        var found = reader.Fault;

        Push(reader, ClientFrame.Join([ClientFrame.Text("late"), ClientFrame.Ping(1), ClientFrame.Text("bits") with { ReservedBits = 7 }]));

        Assert.NotEqual(0, found.Code);
        Assert.Equal(found, reader.Fault);
        Assert.Equal(FrameStatus.Invalid, reader.TryRead(out _));
    }

    [Theory]
    [InlineData("code that is not allowed", new byte[] { 0x03, 0xED })]
    [InlineData("one byte", new byte[] { 0x03 })]
    [InlineData("reason not UTF-8", new byte[] { 0x03, 0xE8, 0xFF })]
    public void Close_ThatIsTheFault_IsTheClose(string name, byte[] payload)
    {
        using var reader = new FrameReader(1000, new BufferPool());

        Assert.True(Push(reader, new ClientFrame(8, payload).ToBytes()), name);
        Assert.NotEqual(0, reader.Fault.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(125)]
    public void Close_InTheMiddleOfAFaultyFrame_IsSeen(int length)
    {
        using var reader = new FrameReader(1000, new BufferPool());
        Assert.False(Push(reader, (new ClientFrame(1, [0x61, 0xFF]) { ClaimedLength = 10_000 }).ToBytes()));

        Assert.True(Push(reader, [1, 2, 3, .. new ClientFrame(8, new byte[length]).ToBytes()]));
    }

    [Fact]
    public void Bytes_BehindAClose_AreNoted()
    {
        using var reader = new FrameReader(1000, new BufferPool());

        Push(reader, ClientFrame.Close(1000).ToBytes());
        var before = reader.HasMoreBehindClose;
        Push(reader, [0x81]);

        Assert.Equal((false, true), (before, reader.HasMoreBehindClose));
    }

    // A frame with a length of 2^63 bytes or more never completes and costs nothing.
    [Fact]
    public void Bytes_BehindAFaultOfLength_ArePassedOver()
    {
        using var reader = new FrameReader(1000, new BufferPool());
        Push(reader, (ClientFrame.Binary() with { ClaimedLength = ulong.MaxValue }).ToBytes());

        Assert.False(Push(reader, ClientFrame.Join([ClientFrame.Close(1000), ClientFrame.Binary(new byte[100_000])])));

        Assert.True(reader.IsIdle);
    }

    private static bool Push(FrameReader reader, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var free = reader.GetMemory().Span;
            var count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            reader.Advance(count);
            while (reader.TryRead(out _) == FrameStatus.Ready)
            {
            }
            bytes = bytes[count..];
        }
        return reader.HasPeerClosed;
    }
}

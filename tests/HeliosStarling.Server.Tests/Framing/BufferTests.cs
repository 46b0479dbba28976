namespace HeliosStarling.Framing;

/// <summary>The memory of a reader: no buffer while idle, memory only for received bytes and not for announced ones, no garbage.</summary>
public class BufferTests
{
    private readonly BufferPool _pool = new();

    [Fact]
    public void Reader_New_HoldsNoBuffer()
    {
        using var reader = new FrameReader(100, _pool);

        Assert.Equal((true, 0), (reader.IsIdle, _pool.Rented));
    }

    [Fact]
    public void Reader_IdleAfterMessages_GivesItsBufferBack()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        _ = Transcript.Read(reader, ClientFrame.Join(ClientFrame.Text("a"), ClientFrame.Binary(new byte[100_000]))).ToList();

        reader.ReleaseIdleBuffer();

        Assert.Equal(0, _pool.Rented);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(8)]
    public void Reader_FrameHalfWay_KeepsItsBuffer(int length)
    {
        using var reader = new FrameReader(100, _pool);
        _ = Transcript.Read(reader, ClientFrame.Text("hello").ToBytes()[..length]).ToList();

        reader.ReleaseIdleBuffer();

        Assert.Equal((false, true), (reader.IsIdle, _pool.Rented > 0));
    }

    [Fact]
    public void Reader_MessageHalfWay_KeepsItsBuffer()
    {
        using var reader = new FrameReader(100, _pool);
        _ = Transcript.Read(reader, (ClientFrame.Text("hello") with { Fin = false }).ToBytes()).ToList();

        reader.ReleaseIdleBuffer();

        Assert.Equal((false, true), (reader.IsIdle, _pool.Rented > 0));
    }

    // Bytes that arrive during the close handshake must not pile up.
    [Theory]
    [MemberData(nameof(Ends))]
    public void Reader_AfterItsEnd_HoldsNothingOfWhatStillComes(byte[] end)
    {
        using var reader = new FrameReader(100, _pool);
        _ = Transcript.Read(reader, [.. (ClientFrame.Text("half") with { Fin = false }).ToBytes(), .. end]).ToList();

        for (var i = 0; i < 1000; i++)
        {
            reader.Advance(reader.GetMemory().Length);
            _ = reader.TryRead(out _);
        }

        reader.ReleaseIdleBuffer();
        Assert.Equal(0, _pool.Rented);
    }

    public static TheoryData<byte[]> Ends =>
    [
        ClientFrame.Close(1000).ToBytes(),
        new ClientFrame(0xF, []).ToBytes(),
        (ClientFrame.Binary() with { ClaimedLength = long.MaxValue }).ToBytes(),
        ClientFrame.Continuation(0xFF).ToBytes(),
        (ClientFrame.Continuation(0xFF) with { ClaimedLength = 90 }).ToBytes(),
    ];

    [Fact]
    public void Dispose_FrameHalfWay_GivesTheBufferBack()
    {
        var reader = new FrameReader(100, _pool);
        _ = Transcript.Read(reader, ClientFrame.Text("hello").ToBytes()[..8]).ToList();

        reader.Dispose();

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void Dispose_Twice_GivesTheBufferBackOnce()
    {
        var reader = new FrameReader(100, _pool);
        reader.GetMemory();

        reader.Dispose();
        reader.Dispose();

        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void GetMemory_HeaderClaimsOneMebibyte_CostsNoMoreThanASmallFrame()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        _ = Transcript.Read(reader, (ClientFrame.Binary(new byte[10]) with { ClaimedLength = Transcript.DefaultMax }).ToBytes()).ToList();

        Assert.InRange(reader.GetMemory().Length, 512, 4096);
    }

    [Fact]
    public void GetMemory_ReadsFillTheBuffer_GrowsTo64Kibibytes()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        var frames = ClientFrame.Join(Enumerable.Repeat(ClientFrame.Text(new string('x', 90)), 5000));

        _ = Transcript.Read(reader, frames[..^1]).ToList();

        Assert.InRange(reader.GetMemory().Length, 32 * 1024, 64 * 1024);
    }

    [Fact]
    public void GetMemory_IdleAgainAndAgainAfterHeavyTraffic_IsSmallAgain()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        _ = Transcript.Read(reader, ClientFrame.Binary(new byte[500_000]).ToBytes()).ToList();

        // The first time it was full.
        for (var i = 0; i < 5; i++)
        {
            reader.ReleaseIdleBuffer();
            _ = reader.GetMemory();
        }

        Assert.Equal(4096, reader.GetMemory().Length);
    }

    [Fact]
    public void GetMemory_EachTimeAsMuchAsFilledItBefore_StaysAsLarge()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        var frames = ClientFrame.Join(Enumerable.Repeat(ClientFrame.Text(new string('x', 300)), 16));
        List<int> sizes = [];

        for (var i = 0; i < 6; i++)
        {
            reader.ReleaseIdleBuffer();
            sizes.Add(reader.GetMemory().Length);
            _ = Transcript.Read(reader, frames).ToList();
        }

        Assert.Equal([4096, 8192, 8192, 8192, 8192, 8192], sizes);
    }

    [Fact]
    public void GetMemory_AfterALargeMessageInSteadyTraffic_IsSmallAgain()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        var next = ClientFrame.Text("next").ToBytes()[..^1];
        _ = Transcript.Read(reader, [.. ClientFrame.Binary(new byte[Transcript.DefaultMax]).ToBytes(), .. next]).ToList();

        Assert.InRange(reader.GetMemory().Length, 512, 64 * 1024);
    }

    [Fact]
    public void UnfragmentedFrames_SteadyState_AllocateNothing()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        var frames = ClientFrame.Join(ClientFrame.Text("hello, wörld"), ClientFrame.Ping(1), ClientFrame.Binary(new byte[1000]));

        // The best of a few rounds counts, because the array pool may be trimmed in one of them.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated(() => Repeat(reader, frames, 1000))));
    }

    [Fact]
    public void UnfragmentedFrame_CompleteInTheBuffer_IsDeliveredWithoutCopy()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, _pool);
        var memory = reader.GetMemory();
        var frame = ClientFrame.Text("hello").ToBytes();
        frame.CopyTo(memory);
        reader.Advance(frame.Length);

        _ = reader.TryRead(out var incoming);

        Assert.True(incoming.Payload.Span.Overlaps(memory.Span, out var offset) && offset == -6);
    }

    [Fact]
    public void Advance_MoreThanThereIsRoomFor_Throws()
    {
        using var reader = new FrameReader(100, _pool);
        var room = reader.GetMemory().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Advance(room + 1));
    }

    // 7 MiB of frames for 1 MiB of text: a reader that is not linear would move some 500 GiB.
    [Fact]
    public void Message_OneMebibyteInOneByteFragments_IsRead()
    {
        var text = Enumerable.Repeat((byte)'x', Transcript.DefaultMax).ToArray();

        Assert.Equal($"Text {new string('x', text.Length)}", Assert.Single(Transcript.Of(ClientFrame.Fragments(1, text, 1))));
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Repeat(FrameReader reader, byte[] frames, int times)
    {
        for (var i = 0; i < times; i++)
        {
            frames.CopyTo(reader.GetMemory());
            reader.Advance(frames.Length);
            while (reader.TryRead(out _) == FrameStatus.Ready) { }
            reader.ReleaseIdleBuffer();
        }
    }
}

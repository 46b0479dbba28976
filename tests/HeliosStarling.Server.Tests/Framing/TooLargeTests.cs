namespace HeliosStarling.Framing;

/// <summary>Messages over MaxMessageSize: skipped up to 16 times it, closed with 1009 above (docs/protocol.md section 4).</summary>
public class TooLargeTests
{
    private const int Max = 10_000;
    private const int KeptLength = 4096;

    [Fact]
    public void Message_OfTheLargestSize_IsRead() =>
        Assert.Equal([$"Binary {Hex(Max)}"], Read(ClientFrame.Binary(Bytes(Max))));

    [Theory]
    [InlineData(Max + 1)]
    [InlineData(16 * Max)]
    public void Message_OverTheLargestSize_IsReadPast(int size) => Assert.Equal(
        [$"TooLarge binary {size} {Hex(KeptLength)}", "Text next"],
        Read(ClientFrame.Binary(Bytes(size)), ClientFrame.Text("next")));

    [Fact]
    public void Message_FragmentsTogetherOverTheLargestSize_IsReadPast() => Assert.Equal(
        [$"TooLarge binary {Max + 1} {Hex(KeptLength)}", "Text next"],
        Read([.. ClientFrame.Fragments(2, Bytes(Max + 1), 3000), ClientFrame.Text("next")]));

    [Fact]
    public void Message_TooLargeInOneByteFragments_KeepsItsBeginning() => Assert.Equal(
        [$"TooLarge binary {Max + 7} {Hex(KeptLength)}"],
        Read(ClientFrame.Fragments(2, Bytes(Max + 7), 1)));

    [Fact]
    public void Message_TooLargeThoughShorterThanWhatIsKept_KeepsAllOfIt() => Assert.Equal(
        [$"TooLarge binary 200 {Hex(200)}"],
        Transcript.OfBytes(ClientFrame.Binary(Bytes(200)).ToBytes(), max: 100));

    [Fact]
    public void PingInsideAMessage_TooLarge_IsReadAtOnce() => Assert.Equal(
        ["Ping 01", $"TooLarge binary {Max + 1} {Hex(KeptLength)}"],
        Read(ClientFrame.Binary(Bytes(Max)) with { Fin = false }, ClientFrame.Ping(1), ClientFrame.Continuation(9)));

    [Fact]
    public void Text_TooLarge_SaysThatItIsText()
    {
        var text = new string('x', Max + 1);

        Assert.StartsWith($"TooLarge text {Max + 1} 7878", Assert.Single(Read(ClientFrame.Text(text))));
    }

    // RFC 6455 8.1: skipped text must be UTF-8, too.
    [Fact]
    public void Text_TooLargeAndNotUtf8_ClosesWith1007() =>
        Assert.Equal(["Invalid 1007"], Read(new ClientFrame(1, [.. new byte[Max], 0xFF])));

    // RFC 6455 7.4.1: decided from the frame header, before any byte of the payload.
    [Theory]
    [InlineData((16 * Max) + 1)]
    [InlineData(long.MaxValue)]
    public void Message_Over16TimesTheLargestSize_ClosesWith1009(long size) =>
        Assert.Equal(["Invalid 1009"], Read(ClientFrame.Binary() with { ClaimedLength = (ulong)size }));

    [Fact]
    public void Message_FragmentsTogetherOver16Times_ClosesWith1009() => Assert.Equal(
        ["Invalid 1009"],
        Read(ClientFrame.Binary(Bytes(16 * Max)) with { Fin = false }, ClientFrame.Continuation(1)));

    [Fact]
    public void Message_Over16Times_IsAFaultOfTheMessage()
    {
        using var reader = new FrameReader(1, new BufferPool());

        _ = Transcript.Read(reader, ClientFrame.Binary(new byte[17]).ToBytes()).ToList();

        Assert.True(reader.IsFaultOfMessage);
    }

    // A 16 MiB message costs no more memory than a small one.
    [Fact]
    public void Message_TooLarge_IsNeverBuffered()
    {
        using var reader = new FrameReader(Transcript.DefaultMax, new BufferPool());
        var largest = 0;
        var header = (ClientFrame.Binary() with { ClaimedLength = 16 * Transcript.DefaultMax }).ToBytes();
        _ = Transcript.Read(reader, header).ToList();

        for (var left = 16 * Transcript.DefaultMax; left > 0;)
        {
            var count = Math.Min(left, reader.GetMemory().Length);
            largest = Math.Max(largest, reader.GetMemory().Length);
            reader.Advance(count);
            left -= count;
            _ = reader.TryRead(out _);
        }

        Assert.InRange(largest, 1, 64 * 1024);
    }

    private static List<string> Read(params IEnumerable<ClientFrame> frames) =>
        Transcript.OfBytes(ClientFrame.Join(frames), Max);

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    private static string Hex(int count) => Convert.ToHexString(Bytes(count));
}

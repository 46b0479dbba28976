using CsCheck;

namespace HeliosStarling.Framing;

/// <summary>The result of a reader depends only on the bytes, not on how they are split into reads.</summary>
public class CutTests
{
    private static readonly byte[] s_everything = ClientFrame.Join(
        ClientFrame.Text("aé€😀"),
        ClientFrame.Binary(new byte[130]),
        ClientFrame.Text("frag") with { Fin = false },
        ClientFrame.Ping(1, 2, 3),
        ClientFrame.Continuation("é"u8.ToArray()[..1]) with { Fin = false },
        ClientFrame.Continuation("é"u8.ToArray()[1..]),
        ClientFrame.Binary(new byte[310]),
        ClientFrame.Close(1000, "bye"));

    private static readonly string[] s_expected =
    [
        "Text aé€😀",
        $"Binary {new string('0', 260)}",
        "Ping 010203",
        "Text fragé",
        $"TooLarge binary 310 {new string('0', 620)}",
        "Close 1000 bye",
    ];

    private static readonly Gen<int[]> s_cuts = Gen.OneOf(Gen.Int[0, 500], Gen.Int[0, 80_000]).Array[0, 30];

    [Fact]
    public void Stream_CutAtAnyOnePlace_ReadsTheSame() =>
        Assert.All(Enumerable.Range(0, s_everything.Length), cut => Assert.Equal(s_expected, Transcript.OfBytes(s_everything, 300, cut)));

    [Fact]
    public void Stream_ByteByByte_ReadsTheSame() =>
        Assert.Equal(s_expected, Transcript.OfBytes(s_everything, 300, Enumerable.Range(0, s_everything.Length)));

    [Fact]
    public void Stream_AnyFramesCutAnywhere_ReadsTheSame() =>
        Gen.Select(FrameGen.Bytes, s_cuts, Gen.OneOf(Gen.Const(Transcript.DefaultMax), Gen.Int[1, 5000])).Sample((bytes, cuts, max) =>
            Transcript.OfBytes(bytes, max).SequenceEqual(Transcript.OfBytes(bytes, max, cuts.Where(cut => cut < bytes.Length))));

    // A prefix of the stream yields a prefix of what the stream yields.
    [Fact]
    public void Stream_CutOffAnywhere_YieldsTheBeginningOfTheSame() =>
        Gen.Select(FrameGen.Bytes, Gen.Int[0, 3000]).Sample((bytes, length) =>
        {
            var all = Transcript.OfBytes(bytes);
            var some = Transcript.OfBytes(bytes[..Math.Min(length, bytes.Length)]);
            Assert.Equal(all.Take(some.Count), some);
        });

    [Fact]
    public void Stream_RandomBytesCutAnywhere_ReadsTheSame() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 200].Array[0, 10]).Sample((bytes, cuts) =>
            Transcript.OfBytes(bytes).SequenceEqual(Transcript.OfBytes(bytes, cuts: cuts.Where(cut => cut < bytes.Length))));
}

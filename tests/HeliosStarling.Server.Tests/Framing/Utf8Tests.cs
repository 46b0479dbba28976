using CsCheck;

namespace HeliosStarling.Framing;

/// <summary>RFC 6455 sections 5.6 and 8.1: text messages are UTF-8.</summary>
public class Utf8Tests
{
    private static readonly byte[][] s_notUtf8 =
    [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28],
        [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x28, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80], [0xFF],
    ];

    public static TheoryData<string> InvalidTexts => [.. s_notUtf8.Select(Convert.ToHexString)];

    [Theory]
    [MemberData(nameof(InvalidTexts))]
    public void Text_NotUtf8_ClosesWith1007(string hex) =>
        Assert.Equal(["Invalid 1007"], Transcript.Of(new ClientFrame(1, Convert.FromHexString(hex))));

    [Theory]
    [MemberData(nameof(InvalidTexts))]
    public void Text_NotUtf8InOneByteFragments_ClosesWith1007(string hex) =>
        Assert.Equal(["Invalid 1007"], Transcript.Of(ClientFrame.Fragments(1, Convert.FromHexString(hex), 1)));

    // A message that makes the reader close counts as received. Otherwise a client with resume would send it forever.
    [Fact]
    public void Text_NotUtf8_IsAFaultOfTheMessage()
    {
        using var reader = new FrameReader(100, new BufferPool());

        _ = Transcript.Read(reader, new ClientFrame(1, [0xFF]).ToBytes()).ToList();

        Assert.True(reader.IsFaultOfMessage);
    }

    // The fault is known before the message ends.
    [Fact]
    public void Text_NotUtf8InItsFirstFragment_ClosesAtOnce() =>
        Assert.Equal(["Invalid 1007"], Transcript.Of(new ClientFrame(1, [0x61, 0xFF]) { Fin = false }));

    [Fact]
    public void Text_NotUtf8InAFrameHalfWay_ClosesAtOnce() =>
        Assert.Equal(["Invalid 1007"], Transcript.Of(new ClientFrame(1, [0x61, 0xFF]) { ClaimedLength = 100 }));

    [Theory]
    [InlineData("C3")]
    [InlineData("E282")]
    [InlineData("F09F9880F09F98")]
    public void Text_EndsInsideACodePoint_ClosesWith1007(string hex) =>
        Assert.Equal(["Invalid 1007"], Transcript.Of(new ClientFrame(1, Convert.FromHexString(hex))));

    [Fact]
    public void Text_EndsInsideACodePointBeforeAnEmptyFragment_ClosesWith1007() => Assert.Equal(
        ["Invalid 1007"],
        Transcript.Of(new ClientFrame(1, [0xC3]) { Fin = false }, ClientFrame.Continuation()));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Text_CodePointsSplitBetweenFragments_IsJoined(int size) => Assert.Equal(
        ["Text aé€😀\0zé"],
        Transcript.Of(ClientFrame.Fragments(1, "aé€😀\0zé"u8.ToArray(), size)));

    [Fact]
    public void Binary_NotUtf8_IsRead() => Assert.Equal(["Binary FF80"], Transcript.Of(ClientFrame.Binary(0xFF, 0x80)));

    // Pieces of UTF-8, some invalid, cut anywhere: the same result as for the whole text, at the end at the latest.
    [Fact]
    public void Validator_AnyBytesInAnyPieces_AgreesWithTheWhole()
    {
        byte[][] valid = ["a"u8.ToArray(), "é"u8.ToArray(), "€"u8.ToArray(), "😀"u8.ToArray(), [0xF4, 0x8F, 0xBF, 0xBF]];
        byte[][] parts = [.. s_notUtf8, .. valid, [0xC3], [0xF0, 0x9F]];
        var weighted = Gen.Frequency(
            (1, Gen.Int[0, parts.Length - 1]), (4, Gen.Int[s_notUtf8.Length, s_notUtf8.Length + valid.Length - 1]));
        var bytes = weighted.Array[0, 40].Select(picks => picks.SelectMany(i => parts[i]).ToArray());

        Gen.Select(bytes, Gen.Int[0, 7].Array[1, 20]).Sample((text, sizes) =>
            Verdict(text, sizes) == System.Text.Unicode.Utf8.IsValid(text), iter: 20_000);
    }

    private static bool Verdict(ReadOnlySpan<byte> text, int[] sizes)
    {
        var validator = default(Utf8Validator);
        foreach (var size in sizes)
        {
            var piece = Math.Min(size, text.Length);
            if (!validator.TryAppend(text[..piece])) return false;
            text = text[piece..];
        }

        return validator.TryAppend(text) && validator.IsComplete;
    }
}

using System.Text.Json;
using CsCheck;

namespace HeliosStarling.Protocol;

/// <summary>Plain values are measured without a JSON reader, with the same result. Other values are left to the reader.</summary>
public class PlainValueTests
{
    private static readonly string[] s_pieces =
        ["{", "}", "[", "]", ",", ":", "\"a\"", "\"é🙂\"", "1", "-0.5", "true", "null", " ", "\\", "{\"a\":", "[[1],", "]}"];

    [Theory]
    [InlineData("\"text\"", JsonTokenType.String, 0)]
    [InlineData("true", JsonTokenType.True, 0)]
    [InlineData("false", JsonTokenType.False, 0)]
    [InlineData("null", JsonTokenType.Null, 0)]
    [InlineData("0", JsonTokenType.Number, 0)]
    [InlineData("-12.5", JsonTokenType.Number, 0)]
    [InlineData("{}", JsonTokenType.StartObject, 1)]
    [InlineData("[]", JsonTokenType.StartArray, 1)]
    [InlineData("{\"a\":[1,{\"b\":null},[]],\"c\":\"\"}", JsonTokenType.StartObject, 3)]
    public void Measure_Plain_IsAllOfIt(string json, JsonTokenType kind, int depth)
    {
        Assert.Equal(json.Length, PlainValue.Measure(Frames.Utf8(json + "}"), out var measured, out var levels));
        Assert.Equal((kind, depth), (measured, levels));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1]")]
    [InlineData("[1}")]
    [InlineData("{ \"a\":1}")]
    [InlineData("{a:1}")]
    [InlineData("\"a")]
    [InlineData("\"a\\n\"")]
    [InlineData("\"a\n\"")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("1e5")]
    [InlineData("-")]
    [InlineData("1234567890123456789")]
    [InlineData("tru")]
    [InlineData("nul")]
    public void Measure_NotPlain_IsNothing(string json) => Assert.Equal(0, PlainValue.Measure(Frames.Utf8(json + ","), out _, out _));

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    public void Measure_Depth_EndsWhereTheReaderHasToJudge(int depth, bool isPlain)
    {
        var json = Frames.Utf8(new string('[', depth) + new string(']', depth) + "}");

        Assert.Equal(isPlain ? 2 * depth : 0, PlainValue.Measure(json, out _, out var levels));
        Assert.Equal(isPlain ? depth : 0, levels);
    }

    [Fact]
    public void MeasureString_AnyLengthWithAnyByteAnywhere_EndsWhereTheStringDoes()
    {
        for (var length = 0; length <= 70; length++)
        {
            foreach (var tail in (string[])["", ",", ",\"next\":\"" + new string('y', 40)])
            {
                var json = Frames.Utf8($"\"{new string('x', length)}\"{tail}");
                Assert.Equal(length + 2, PlainValue.MeasureString(json));
                for (var at = 1; at <= length; at++)
                {
                    foreach (var other in (byte[])[0, 0x1F, 0x20, (byte)'!', (byte)'#', (byte)'"', (byte)'\\', 0x7F, 0x80, 0xFF])
                    {
                        var changed = json.ToArray();
                        changed[at] = other;
                        Assert.Equal(
                            other switch { (byte)'"' => at + 1, (byte)'\\' or < 0x20 => 0, _ => length + 2 },
                            PlainValue.MeasureString(changed));
                    }
                }
            }
            Assert.Equal(0, PlainValue.MeasureString(Frames.Utf8($"\"{new string('x', length)}")));
        }
    }

    [Fact]
    public void Measure_Anything_AgreesWithAJsonReader() =>
        Gen.Int[0, s_pieces.Length - 1].Select(static i => s_pieces[i]).Array[1, 14].Select(string.Concat)
            .Sample(static json =>
            {
                var utf8 = Frames.Utf8(json + ",");
                var length = PlainValue.Measure(utf8, out var kind, out var depth);
                if (length == 0) return;
                var reader = new Utf8JsonReader(utf8.AsSpan(0, length));
                Assert.True(reader.Read());
                Assert.Equal(kind, reader.TokenType);
                var deepest = 0;
                do
                {
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                        deepest = Math.Max(deepest, reader.CurrentDepth + 1);
                }
                while (reader.Read());
                Assert.Equal((depth, (long)length), (deepest, reader.BytesConsumed));
            }, iter: 100_000);
}

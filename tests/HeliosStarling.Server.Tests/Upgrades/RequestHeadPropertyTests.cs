using System.Text;
using CsCheck;

namespace HeliosStarling.Upgrades;

/// <summary>The head reader with any bytes: no exception, and the same result however they are split.</summary>
public class RequestHeadPropertyTests
{
    private static readonly string[] s_pieces =
    [
        "GET", "POST", " ", "/", "/a?b=c", "http://h/", "HTTP/1.1", "HTTP/1.0", "\r\n", "\r\n", "\r\n", "\r\n\r\n", "\r", "\n", ":", ": ",
        "Host: h", "Host", "h", "X: y", "\t", "\0", "ü", "Content-Length: 0", "Transfer-Encoding: chunked", "Connection: Upgrade",
    ];

    private static readonly Gen<byte[]> s_heads = Gen.OneOf(
        Gen.Byte.Array[0, 100],
        Gen.Int[0, s_pieces.Length - 1].Array[0, 30].Select(
            picks => Encoding.Latin1.GetBytes(string.Concat(picks.Select(i => s_pieces[i])))),
        Gen.Select(Gen.Int[0, Request.Sample.Length - 1], Gen.Byte).Select((at, b) => Mutate(at, b)),
        Gen.Int[RequestHead.MaxSize - 60, RequestHead.MaxSize + 60].Select(Long));

    [Fact]
    public void TryRead_AnyBytes_NeverThrowsAndHasOneOutcome() => s_heads.Sample(bytes =>
    {
        var status = RequestHeadReader.TryRead(bytes, out var head, out var refusal);
        return (status, head is null, refusal is null) is
            (HeadStatus.Incomplete, true, true) or (HeadStatus.Complete, false, true) or (HeadStatus.Invalid, true, false);
    }, iter: 50_000);

    // Further bytes do not change a result.
    [Fact]
    public void TryRead_BytesCutAnywhere_DecidesTheSameAtTheSamePlace() => s_heads.Sample(bytes =>
    {
        var whole = Outcome(bytes);
        for (var length = 0; length <= bytes.Length; length += bytes.Length > 1000 ? 61 : 1)
        {
            var part = Outcome(bytes.AsSpan(0, length));
            if (part != "Incomplete" && part != whole) return false;
        }

        return true;
    }, iter: 2000);

    [Fact]
    public void TryRead_EveryPrefixOfTheSample_IsIncomplete() => Assert.All(
        Enumerable.Range(0, Request.Sample.Length),
        length => Assert.Equal(HeadStatus.Incomplete, Request.Read(Request.Sample[..length], out _, out _)));

    private static string Outcome(ReadOnlySpan<byte> bytes)
    {
        var status = RequestHeadReader.TryRead(bytes, out var head, out var refusal);
        return status switch
        {
            HeadStatus.Complete => $"{head!.Method} {head.Path} {head.Query} {head.Size} {string.Join(';', head.Headers)}",
            HeadStatus.Invalid => $"{refusal!.Status} {refusal.Message}",
            _ => "Incomplete",
        };
    }

    private static byte[] Mutate(int at, byte b)
    {
        var bytes = Encoding.Latin1.GetBytes(Request.Sample);
        bytes[at] = b;
        return bytes;
    }

    private static byte[] Long(int length)
    {
        var rest = length - Request.With("GET / HTTP/1.1", "Host: h", "X: ").Length;
        return Encoding.Latin1.GetBytes(Request.With("GET / HTTP/1.1", "Host: h", "X: " + new string('x', rest)));
    }
}

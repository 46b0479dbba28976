using System.Text;

namespace HeliosStarling.Fuzz;

/// <summary>The reader of request heads. An input is: where to cut (2 bytes), then what a client sends.</summary>
internal sealed class HeadTarget : IFuzzTarget
{
    public string Name => "heads";

    public IEnumerable<byte[]> Seeds =>
    [
        Input("GET /helios?recover=a.b HTTP/1.1\r\nHost: a:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u0081\u0080"),
        Input("GET http://a/ HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: b=2\r\nX:\r\nX: \t y \r\n\r\n"),
        Input("GET / HTTP/1.1\r\nHost: [::1]:5080\r\nContent-Length: 0\r\n\r\n"),
        Input("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Input("GET / HTTP/1.0\r\n\r\n"),
        Input("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', RequestHead.MaxSize)),
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return;
        var bytes = input[2..];
        var whole = Outcome(bytes);
        var part = Outcome(bytes[..((input[0] | (input[1] << 8)) % (bytes.Length + 1))]);
        FindingException.Unless(part == "" || part == whole, "what is decided stays decided");
    }

    // Empty while incomplete.
    private static string Outcome(ReadOnlySpan<byte> bytes)
    {
        var status = RequestHeadReader.TryRead(bytes, out var head, out var refusal);
        FindingException.Unless((status == HeadStatus.Complete) == (head is not null), "a head if and only if complete");
        FindingException.Unless((status == HeadStatus.Invalid) == (refusal is not null), "a refusal if and only if invalid");
        if (head is null) return refusal is null ? "" : $"{refusal.Status} {refusal.Message}";

        CheckHead(head, bytes);
        return $"{head.Method} {head.Path} {head.Query} {head.Size} {string.Join(';', head.Headers)}";
    }

    private static void CheckHead(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        FindingException.Unless(head.Size <= Math.Min(bytes.Length, RequestHead.MaxSize), "a head of bytes that came");
        FindingException.Unless(bytes[..head.Size].EndsWith("\r\n\r\n"u8), "an empty line at its end");
        FindingException.Unless(head.Path.StartsWith('/') && !head.Path.Contains('?', StringComparison.Ordinal), "a path");
        FindingException.Unless(head.Headers.Values.All(value => value.AsSpan().IndexOfAny("\r\n\0") < 0), "no line breaks in a header");
        _ = UpgradeRules.CheckOrigin(head, ["https://example.com"]);
        _ = UpgradeRules.CheckHandshake(head, out _);
    }

    private static byte[] Input(string text) => [0, 1, .. Encoding.Latin1.GetBytes(text)];
}

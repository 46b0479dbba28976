namespace HeliosStarling.Upgrades;

/// <summary>Request heads that the lean listener refuses.</summary>
/// <remarks>Two readers must not understand the same bytes differently.</remarks>
public class RequestHeadRefusalTests
{
    // RFC 9112 section 3
    [Theory]
    [InlineData("GET /")]
    [InlineData("GET  / HTTP/1.1")]
    [InlineData("GET / HTTP/1.1 ")]
    [InlineData("GET /a b HTTP/1.1")]
    [InlineData("GET /a\tb HTTP/1.1")]
    [InlineData("GET\t/ HTTP/1.1")]
    [InlineData("G@T / HTTP/1.1")]
    [InlineData("GET /#a HTTP/1.1")]
    [InlineData("GET /ü HTTP/1.1")]
    [InlineData("GET * HTTP/1.1")]
    [InlineData("GET h:80 HTTP/1.1")]
    [InlineData("GET ftp://h/ HTTP/1.1")]
    [InlineData("GET / http/1.1")]
    [InlineData("GET / FTP/1.1")]
    [InlineData("GET /\rHost: h HTTP/1.1")]
    [InlineData("GET /\nHost: h HTTP/1.1")]
    public void RequestLine_Malformed_IsRefusedWith400(string line) => AssertRefused(400, Request.With(line, "Host: h"));

    [Theory]
    [InlineData("GET / HTTP/1.0")]
    [InlineData("GET / HTTP/1.2")]
    [InlineData("PRI * HTTP/2.0")]
    public void RequestLine_AnotherVersion_IsRefusedWith505(string line) => AssertRefused(505, Request.With(line, "Host: h"));

    // RFC 9112 section 5: no white space before the colon, no folded lines, no control characters.
    [Theory]
    [InlineData("X : a")]
    [InlineData("X\t: a")]
    [InlineData(" X: a")]
    [InlineData("X: a\r\n folded")]
    [InlineData("X: a\r\n\tfolded")]
    [InlineData("no colon")]
    [InlineData(": no name")]
    [InlineData("X(: a")]
    [InlineData("Xü: a")]
    [InlineData("X: a\0b")]
    [InlineData("X: a\u007fb")]
    [InlineData("X: a\nY: b")]
    [InlineData("X: a\rY: b")]
    [InlineData("X: a\r")]
    [InlineData("X: a\n\nGET / HTTP/1.1")]
    public void Header_Malformed_IsRefusedWith400(string line) => AssertRefused(400, Request.With("GET / HTTP/1.1", "Host: h", line));

    // RFC 9112 section 3.2: one valid Host.
    [Theory]
    [InlineData("X: none")]
    [InlineData("Host:")]
    [InlineData("Host: a\r\nHost: a")]
    [InlineData("Host: a, a")]
    [InlineData("Host: a b")]
    [InlineData("Host: user@a")]
    [InlineData("Host: a/b")]
    [InlineData("Host: a:port")]
    [InlineData("Host: a:")]
    [InlineData("Host: a:65536")]
    [InlineData("Host: [::1")]
    [InlineData("Host: []")]
    [InlineData("Host: [::g]")]
    public void Host_NotExactlyOneValid_IsRefusedWith400(string line) => AssertRefused(400, Request.With("GET / HTTP/1.1", line));

    // RFC 9112 section 3.2.2: the target's host counts; here they must be the same.
    [Fact]
    public void Host_NotTheTargets_IsRefusedWith400() => AssertRefused(400, Request.With("GET http://a/ HTTP/1.1", "Host: b"));

    // A body would be read as frames.
    [Theory]
    [InlineData("Content-Length: 1")]
    [InlineData("Content-Length: 0\r\nContent-Length: 0")]
    [InlineData("Content-Length: -0")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("transfer-encoding: identity")]
    public void Body_Announced_IsRefusedWith400(string line) => AssertRefused(400, Request.With("GET / HTTP/1.1", "Host: h", line));

    [Fact]
    public void Head_Over16Kibibytes_IsRefusedWith431() =>
        AssertRefused(431, Request.With("GET / HTTP/1.1", "Host: h", "X: " + new string('x', RequestHead.MaxSize)));

    [Fact]
    public void Head_EndlessWithoutEnd_IsRefusedWith431() => AssertRefused(431, new string('x', RequestHead.MaxSize));

    // A TLS client on a plain port.
    [Fact]
    public void FirstByte_NotHttp_IsRefusedAtOnce() => AssertRefused(400, "\x16");

    [Fact]
    public void FirstByte_EmptyLine_IsRefusedAtOnce() => AssertRefused(400, "\r");

    // Refused before the empty line, which a client with other line ends never sends.
    [Theory]
    [InlineData("GET / HTTP/1.1\n")]
    [InlineData("GET / HTTP/1.1\nHost: h\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\n\n")]
    [InlineData("GET / HTTP/1.1\rHost: h\r\r")]
    [InlineData("GET / HTTP/1.1\r\nHost: h\r\r")]
    [InlineData("GET / HTTP/1.1\n\rHost: h")]
    public void LineEnd_NotCrLf_IsRefusedAtOnce(string text) => AssertRefused(400, text);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", 400)]
    [InlineData("GET /\r\n", 400)]
    [InlineData("EHLO example.com\r\n", 400)]
    [InlineData("GET / HTTP/1.0\r\n", 505)]
    [InlineData("PRI * HTTP/2.0\r\n", 505)]
    public void RequestLine_Malformed_IsRefusedAheadOfTheHeaders(string line, int status) => AssertRefused(status, line);

    private static void AssertRefused(int status, string text) => Assert.Equal(status, Refuse(text).Status);

    private static Refusal Refuse(string text)
    {
        Assert.Equal(HeadStatus.Invalid, Request.Read(text, out _, out var refusal));
        return refusal!;
    }
}

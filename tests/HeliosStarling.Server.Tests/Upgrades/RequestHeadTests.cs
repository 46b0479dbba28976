namespace HeliosStarling.Upgrades;

/// <summary>Request heads that the lean listener accepts (RFC 9112).</summary>
public class RequestHeadTests
{
    [Fact]
    public void Head_SampleOfTheStandard_HasMethodAndPath()
    {
        var head = Request.Read(Request.Sample);

        Assert.Equal(("GET", "/chat", ""), (head.Method, head.Path, head.Query));
    }

    [Fact]
    public void Head_SampleOfTheStandard_HasAllHeaders() => Assert.Equal(
        ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Origin", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version"],
        Request.Read(Request.Sample).Headers.Keys);

    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/a/b%20c", "/a/b%20c", "")]
    [InlineData("/helios?recover=a.b&resume=1", "/helios", "recover=a.b&resume=1")]
    [InlineData("/helios?", "/helios", "")]
    [InlineData("/?a=?", "/", "a=?")]
    [InlineData("http://h:80/helios?x=1", "/helios", "x=1")]
    [InlineData("HTTPS://H:80", "/", "")]
    [InlineData("http://h:80?x=1", "/", "x=1")]
    public void Head_Target_IsSplitIntoPathAndQuery(string target, string path, string query)
    {
        var head = Request.Read(Request.With($"GET {target} HTTP/1.1", "Host: h:80"));

        Assert.Equal((path, query), (head.Path, head.Query));
    }

    // RFC 9110 5.1: names in any case.
    [Fact]
    public void Header_InAnotherCase_IsFound() =>
        Assert.Equal("h", Request.Read(Request.With("GET / HTTP/1.1", "hOsT: h")).GetHeader("Host"));

    // RFC 9112 5.1: white space around a value is not part of it.
    [Fact]
    public void Header_WhiteSpaceAroundItsValue_IsLeftOut() =>
        Assert.Equal("a b", Request.Read(Request.With("GET / HTTP/1.1", "Host:h", "X: \t a b\t ")).GetHeader("X"));

    // RFC 9110 5.3: repeated headers are one list.
    [Fact]
    public void Header_Repeated_IsJoinedByCommas() =>
        Assert.Equal("a, b, c", Request.Read(Request.With("GET / HTTP/1.1", "Host: h", "X: a", "x: b", "X: c")).GetHeader("X"));

    [Fact]
    public void Cookies_Repeated_AreJoinedBySemicolons() =>
        Assert.Equal("a=1; b=2", Request.Read(Request.With("GET / HTTP/1.1", "Host: h", "Cookie: a=1", "Cookie: b=2")).GetHeader("Cookie"));

    [Fact]
    public void Header_BytesAbove127_AreLatin1() =>
        Assert.Equal("ü", Request.Read(Request.With("GET / HTTP/1.1", "Host: h", "X: ü")).GetHeader("X"));

    [Fact]
    public void Header_Empty_IsThere() =>
        Assert.Equal("", Request.Read(Request.With("GET / HTTP/1.1", "Host: h", "X:")).GetHeader("X"));

    [Fact]
    public void Header_Absent_IsNull() => Assert.Null(Request.Read(Request.Sample).GetHeader("X"));

    [Fact]
    public void ContentLength_Zero_IsTaken() =>
        Assert.Equal("0", Request.Read(Request.With("GET / HTTP/1.1", "Host: h", "Content-Length: 0")).GetHeader("Content-Length"));

    // Frames sent right after the upgrade must not be lost.
    [Fact]
    public void Head_FramesBehindIt_AreNotPartOfIt() =>
        Assert.Equal(Request.Sample.Length, Request.Read(Request.Sample + "\x81\x80\r\n\r\n").Size);

    [Fact]
    public void Head_OfTheLargestSize_IsRead()
    {
        var rest = RequestHead.MaxSize - Request.With("GET / HTTP/1.1", "Host: h", "X: ").Length;

        Assert.Equal(RequestHead.MaxSize, Request.Read(Request.With("GET / HTTP/1.1", "Host: h", "X: " + new string('x', rest))).Size);
    }

    [Fact]
    public void Head_OfMostHeaders_IsRead() =>
        Assert.Equal(RequestHead.MaxHeaders, Request.Read(Request.With("GET / HTTP/1.1", ["Host: h", .. Many(99)])).Headers.Count);

    [Fact]
    public void Head_OfMoreHeaders_IsRefusedWith431()
    {
        Request.Read(Request.With("GET / HTTP/1.1", ["Host: h", .. Many(100)]), out _, out var refusal);

        Assert.Equal(431, refusal?.Status);
    }

    private static IEnumerable<string> Many(int count) => Enumerable.Range(0, count).Select(i => $"X{i}: {i}");
}

namespace HeliosStarling.Upgrades;

/// <summary>The pages that may connect (RFC 6455 section 10.2).</summary>
public class OriginTests
{
    [Theory]
    [InlineData("http://example.com", "example.com")]
    [InlineData("https://example.com", "example.com")]
    [InlineData("https://EXAMPLE.com", "example.COM")]
    [InlineData("http://example.com:80", "example.com")]
    [InlineData("https://example.com", "example.com:443")]
    [InlineData("http://localhost:5080", "localhost:5080")]
    [InlineData("http://127.0.0.1:5080", "127.0.0.1:5080")]
    [InlineData("http://[::1]:5080", "[::1]:5080")]
    [InlineData("http://[::1]", "[::1]")]
    public void Origin_OfTheHost_MayConnect(string origin, string host) => Assert.True(OriginRules.IsAllowed(origin, host, []));

    // Clients other than browsers.
    [Fact]
    public void Origin_Absent_MayConnect() => Assert.True(OriginRules.IsAllowed(null, "example.com", []));

    [Theory]
    [InlineData("null", "example.com")]
    [InlineData("null", "null")]
    [InlineData("", "example.com")]
    [InlineData("http://evil.com", "example.com")]
    [InlineData("http://example.com.evil.com", "example.com")]
    [InlineData("http://evil-example.com", "example.com")]
    [InlineData("http://sub.example.com", "example.com")]
    [InlineData("http://example.com:8080", "example.com")]
    [InlineData("http://example.com", "example.com:8080")]
    [InlineData("http://example.com", "example.com:443")]
    [InlineData("http://example.com@evil.com", "example.com")]
    [InlineData("http://user@example.com", "example.com")]
    [InlineData("http://example.com/", "example.com")]
    [InlineData("http://example.com, http://evil.com", "example.com")]
    [InlineData("file://example.com", "example.com")]
    [InlineData("chrome-extension://example.com", "example.com")]
    [InlineData("example.com", "example.com")]
    [InlineData("http://example.com", null)]
    [InlineData("http://", "")]
    [InlineData("http://[::1]", "[::2]")]
    public void Origin_Foreign_MayNotConnect(string origin, string? host) => Assert.False(OriginRules.IsAllowed(origin, host, []));

    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com", "https://APP.example.com/")]
    [InlineData("https://app.example.com", "https://app.example.com:443")]
    [InlineData("null", "null")]
    [InlineData("chrome-extension://abc", "chrome-extension://abc")]
    [InlineData("https://app.example.com", "https://*.example.com")]
    [InlineData("https://a.b.EXAMPLE.com", "https://*.example.com")]
    [InlineData("https://app.example.com:443", "https://*.example.com")]
    [InlineData("http://app.example.com:5173", "http://*.example.com:5173")]
    [InlineData("http://anything", "*")]
    [InlineData("null", "*")]
    public void Origin_Listed_MayConnect(string origin, string allowed) =>
        Assert.True(OriginRules.IsAllowed(origin, "api.example.com", ["https://other.example.com", allowed]));

    [Theory]
    [InlineData("http://app.example.com", "https://app.example.com")]
    [InlineData("https://app.example.com:8443", "https://app.example.com")]
    [InlineData("https://app.example.com.evil.com", "https://app.example.com")]
    [InlineData("null", "https://app.example.com")]
    [InlineData("https://example.com", "https://*.example.com")]
    [InlineData("https://.example.com", "https://*.example.com")]
    [InlineData("https://evilexample.com", "https://*.example.com")]
    [InlineData("https://app.example.com.evil.com", "https://*.example.com")]
    [InlineData("https://evil.com/.example.com", "https://*.example.com")]
    [InlineData("https://evil.com#.example.com", "https://*.example.com")]
    [InlineData("https://evil.com@app.example.com", "https://*.example.com")]
    [InlineData("http://app.example.com", "https://*.example.com")]
    [InlineData("https://app.example.com:8443", "https://*.example.com")]
    [InlineData("https://app.example.com", "https://*.example.com:8443")]
    [InlineData("null", "https://*.example.com")]
    public void Origin_NotExactlyListed_MayNotConnect(string origin, string allowed) =>
        Assert.False(OriginRules.IsAllowed(origin, "api.example.com", [allowed]));

    [Theory]
    [InlineData("https://*.example.com", true)]
    [InlineData("http://*.example.com:5173", true)]
    [InlineData("https://*", false)]
    [InlineData("https://*.", false)]
    [InlineData("https://*example.com", false)]
    [InlineData("https://app.*.com", false)]
    [InlineData("https://*.*.com", false)]
    [InlineData("*.example.com", false)]
    [InlineData("https://*.example.com/", false)]
    [InlineData("chrome-extension://*.abc", false)]
    public void IsPattern_WithWildcard_KnowsThoseOfSubdomains(string allowed, bool expected) =>
        Assert.Equal(expected, OriginRules.IsPattern(allowed));

    // A plain GET gets the same answer as an upgrade.
    [Fact]
    public void CheckOrigin_PlainGetOfAForeignPage_IsRefusedWith403()
    {
        var request = Request.Read(Request.With("GET / HTTP/1.1", "Host: example.com", "Origin: http://evil.com"));

        Assert.Equal(403, UpgradeRules.CheckOrigin(request, [])?.Status);
    }

    [Fact]
    public void CheckOrigin_OfTheHost_IsNotRefused() => Assert.Null(UpgradeRules.CheckOrigin(Request.Read(Request.Sample), []));
}

namespace HeliosStarling.Upgrades;

/// <summary>The hosts under which a server can be reached.</summary>
public class HostTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.com:5080", "example.COM")]
    [InlineData("example.com:5080", "example.com:5080")]
    [InlineData("example.com", "example.com:443")]
    [InlineData("example.com", "example.com:80")]
    [InlineData("app.example.com", "*.example.com")]
    [InlineData("a.b.Example.com:81", "*.example.com:81")]
    [InlineData("[::1]:5080", "[::1]")]
    [InlineData("anything:1", "*")]
    public void Host_Listed_IsAllowed(string host, string pattern) =>
        Assert.True(HostRules.IsAllowed(host, ["other.example.com", pattern]));

    [Theory]
    [InlineData("evil.com", "example.com")]
    [InlineData("example.com.evil.com", "example.com")]
    [InlineData("evil-example.com", "*.example.com")]
    [InlineData(".example.com", "*.example.com")]
    [InlineData("example.com", "*.example.com")]
    [InlineData("example.com:5081", "example.com:5080")]
    [InlineData("example.com", "example.com:5080")]
    [InlineData("example.com:80\0", "example.com")]
    [InlineData("", "*")]
    [InlineData(null, "*")]
    public void Host_NotListed_IsNotAllowed(string? host, string pattern) => Assert.False(HostRules.IsAllowed(host, [pattern]));

    [Theory]
    [InlineData("evil.com")]
    [InlineData(null)]
    public void Host_NoneListed_IsAllowed(string? host) => Assert.True(HostRules.IsAllowed(host, []));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:5080", true)]
    [InlineData("app.localhost:5080", true)]
    [InlineData("127.0.0.1:5080", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("[::1]:5080", true)]
    [InlineData("localhost.evil.com", false)]
    [InlineData("evil-localhost", false)]
    [InlineData("127.0.0.1.evil.com", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData(null, false)]
    public void Host_OfThisMachine_IsTold(string? host, bool isLoopback) => Assert.Equal(isLoopback, HostRules.IsLoopback(host));

    // DNS rebinding: both name the page's own host.
    [Fact]
    public void CheckOrigin_OfTheHostOnALoopbackListener_IsRefusedUnlessTheHostIsThisMachine()
    {
        var request = Request.Read(Request.Sample);
        Assert.Null(UpgradeRules.CheckOrigin(request, [], isLoopbackOnly: false));
        Assert.Equal(403, UpgradeRules.CheckOrigin(request, [], isLoopbackOnly: true)?.Status);
        Assert.Null(UpgradeRules.CheckOrigin(request, ["http://server.example.com"], isLoopbackOnly: true));
    }
}

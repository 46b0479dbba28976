using System.Net;

namespace HeliosStarling.Upgrades;

/// <summary>Numbers in requests are digits only. The framework's parsing accepts more.</summary>
public class NumberTests
{
    [Theory]
    [InlineData("&attempt=6%00")]
    [InlineData("&attempt=%006")]
    [InlineData("&attempt=6%20")]
    [InlineData("&attempt=%2B6")]
    [InlineData("&attempt=-6")]
    [InlineData("&attempt=0")]
    [InlineData("&attempt=%D9%A6")]
    [InlineData("&attempt=")]
    [InlineData("&attempt=9223372036854775808")]
    [InlineData("")]
    public void Attempt_NotDigits_IsMalformed(string attempt)
    {
        var request = RecoveryRequest.Parse($"instance=i{attempt}", "token");

        Assert.Equal((true, null, 0), (request.IsMalformed, request.Instance, request.Attempt));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a+b")]
    [InlineData("a%00")]
    [InlineData("%C3%A4")]
    [InlineData("a.b")]
    [InlineData("123456789-123456789-123456789-123")]
    public void Instance_OfOtherCharactersOrTooLong_IsMalformed(string instance)
    {
        var request = RecoveryRequest.Parse($"instance={instance}&attempt=1", "token");

        Assert.Equal((true, null, 0), (request.IsMalformed, request.Instance, request.Attempt));
    }

    [Theory]
    [InlineData("attempt=soon")]
    [InlineData("attempt=7")]
    public void Attempt_WithoutInstance_CountsForNothing(string query)
    {
        var request = RecoveryRequest.Parse(query, "token");

        Assert.Equal((false, null, 0), (request.IsMalformed, request.Instance, request.Attempt));
    }

    [Theory]
    [InlineData("received=6%00")]
    [InlineData("received=6%00%00")]
    [InlineData("received=%206")]
    public void Received_NotDigits_IsNone(string query) => Assert.Null(RecoveryRequest.Parse(query, "token").Received);

    [Fact]
    public void Numbers_OfDigits_AreRead()
    {
        var request = RecoveryRequest.Parse("instance=A-_z&attempt=9223372036854775807&received=007", "token");

        Assert.Equal(("A-_z", long.MaxValue, 7, false), (request.Instance, request.Attempt, request.Received, request.IsMalformed));
    }

    [Theory]
    [InlineData("example.com:80\0")]
    [InlineData("example.com:8\00")]
    [InlineData("example.com: 80")]
    [InlineData("example.com:+80")]
    [InlineData("example.com:65536")]
    [InlineData("example.com:")]
    public void Authority_PortNotDigits_IsNone(string text) => Assert.False(Authority.TryParse(text, out _));

    [Theory]
    [InlineData("http://localhost:80\0")]
    [InlineData("http://localhost: 80")]
    [InlineData("http://localhost:+80")]
    [InlineData("http://localhost:65536")]
    public void ListenAddress_PortNotDigits_IsMalformed(string url) => Assert.Throws<FormatException>(() => ListenAddress.Parse(url));

    [Fact]
    public void ListenAddress_Port_IsRead() =>
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 65535), ListenAddress.Parse("http://127.0.0.1:65535").EndPoints[0]);
}

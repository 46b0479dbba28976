namespace HeliosStarling;

/// <summary>Which addresses a client takes.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task ConnectAsync_HttpAddress_MeansTheWebSocketThere()
    {
        await using var server = await TestServer.StartAsync(helios => helios.Method("who:am", () => "it"));

        await using var client = await StarlingClient.ConnectAsync(new UriBuilder(server.Url) { Scheme = "http" }.Uri).InTime();

        Assert.Equal("it", await client.Request<string>("who:am").InTime());
    }

    [Theory]
    [InlineData("http://a.test/x?y=1#z", "ws://a.test/x?y=1")]
    [InlineData("https://a.test", "wss://a.test/")]
    [InlineData("https://a.test:8443/x", "wss://a.test:8443/x")]
    [InlineData("ws://a.test:1/x", "ws://a.test:1/x")]
    [InlineData("wss://a.test/x%20y", "wss://a.test/x%20y")]
    public void ServerAddress_OfEachScheme_IsThatOfTheWebSocket(string given, string expected) =>
        Assert.Equal(expected, ServerAddress.Of(new Uri(given)).AbsoluteUri);

    [Theory]
    [InlineData("ftp://a.test")]
    [InlineData("SECRET:5000/x")]
    [InlineData("/SECRET")]
    [InlineData("ws://ada:SECRET@a.test")]
    [InlineData("https://SECRET@a.test")]
    public async Task ConnectAsync_AddressOfAnotherKind_SaysWhatToDoAndNotTheAddress(string address)
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(
            () => StarlingClient.ConnectAsync(new Uri(address, UriKind.RelativeOrAbsolute)).InTime());

        Assert.DoesNotContain("SECRET", failure.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("The server's address must ", failure.Message, StringComparison.Ordinal);
    }
}

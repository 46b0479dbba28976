namespace HeliosStarling.Hosting;

/// <summary>The errors for addresses that cannot be listened on.</summary>
public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://ada:SECRET@localhost:80")]
    [InlineData("https://SECRET@127.0.0.1")]
    [InlineData("http://localhost?key=SECRET")]
    [InlineData("ws://ada:SECRET@localhost")]
    public void Parse_AddressThatMayHoldASecret_SaysWhatToWriteAndNotTheAddress(string address)
    {
        var failure = Assert.Throws<FormatException>(() => ListenAddress.Parse(address));

        Assert.DoesNotContain("SECRET", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("for all.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AddressOfAnotherKind_RepeatsIt() =>
        Assert.StartsWith(
            "Address 'ftp://localhost' cannot be listened on. ",
            Assert.Throws<FormatException>(() => ListenAddress.Parse("ftp://localhost")).Message,
            StringComparison.Ordinal);
}

namespace HeliosStarling.Samples;

/// <summary>A page of another origin that tries to use the visitor's rights at the chat. Browsers do not prevent that.</summary>
public sealed class CrossSiteTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Socket_OfAForeignPage_IsRefusedByDefault()
    {
        await using var site = new ForeignSite();
        var foreign = await OpenAsync(address: site.Address);
        var own = await OpenAsync();

        Assert.Equal("refused", await ConnectAsync(foreign));
        // Not because the server is unreachable.
        Assert.Contains(foreign.Faults, fault => fault.Contains("403", StringComparison.Ordinal));
        Assert.Equal("connected", await ConnectAsync(own));
    }

    [Fact]
    public async Task Socket_OfAForeignPageThatIsAllowed_Connects()
    {
        await using var site = new ForeignSite();
        await StopServerAsync();
        await StartServerAsync("http://127.0.0.1:0", "--Helios:AllowedOrigins:0", site.Origin);
        var foreign = await OpenAsync(address: site.Address);

        Assert.Equal("connected", await ConnectAsync(foreign));
        Assert.Empty(foreign.Faults);
    }

    private Task<string> ConnectAsync(ChatPage page) => page.Page.EvaluateAsync<string>("""
        (address) => new Promise((done) => {
          const socket = new WebSocket(address);
          socket.onopen = () => { socket.close(); done('connected'); };
          socket.onerror = () => done('refused');
        })
        """, SocketAddress.AbsoluteUri);
}

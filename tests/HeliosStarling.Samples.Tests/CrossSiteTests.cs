namespace HeliosStarling.Samples;

/// <summary>A page of another origin that tries to use what its visitor may do at the chat, which no browser prevents.</summary>
public sealed class CrossSiteTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Socket_OfAForeignPage_IsRefusedByDefault()
    {
        await using var stranger = RunningProgram.StartProject("samples/Chat", "--urls", "http://127.0.0.1:0");
        var foreign = await OpenAsync(address: await OriginOfAsync(stranger));
        var own = await OpenAsync();

        Assert.Equal("refused", await ConnectAsync(foreign));
        // Not because it could not be reached.
        Assert.Contains(foreign.Faults, fault => fault.Contains("403", StringComparison.Ordinal));
        Assert.Equal("connected", await ConnectAsync(own));
    }

    [Fact]
    public async Task Socket_OfAForeignPageThatIsAllowed_Connects()
    {
        await using var stranger = RunningProgram.StartProject("samples/Chat", "--urls", "http://127.0.0.1:0");
        var origin = await OriginOfAsync(stranger);
        await StopServerAsync();
        await StartServerAsync("http://127.0.0.1:0", "--Helios:AllowedOrigins:0", origin.GetLeftPart(UriPartial.Authority));
        var foreign = await OpenAsync(address: origin);

        Assert.Equal("connected", await ConnectAsync(foreign));
        Assert.Empty(foreign.Faults);
    }

    /// <summary>Another host name on another port: a different site altogether.</summary>
    private static async Task<Uri> OriginOfAsync(RunningProgram server) => new UriBuilder(await server.ListeningAsync()) { Host = "localhost" }.Uri;

    private Task<string> ConnectAsync(ChatPage page) => page.Page.EvaluateAsync<string>("""
        (address) => new Promise((done) => {
          const socket = new WebSocket(address);
          socket.onopen = () => { socket.close(); done('connected'); };
          socket.onerror = () => done('refused');
        })
        """, SocketAddress.AbsoluteUri);
}

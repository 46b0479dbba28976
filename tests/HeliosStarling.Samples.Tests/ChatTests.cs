using Microsoft.Playwright;

namespace HeliosStarling.Samples;

/// <summary>A chat server on a free port, and pages that visit it.</summary>
public abstract class ChatTests(Browser browser) : IAsyncLifetime
{
    private readonly List<ChatPage> _pages = [];
    private RunningProgram? _server;

    protected Uri Address { get; private set; } = null!;

    protected Uri SocketAddress => new UriBuilder(Address) { Scheme = "ws", Path = "/helios" }.Uri;

    public async ValueTask InitializeAsync() => await StartServerAsync("http://127.0.0.1:0");

    public async ValueTask DisposeAsync()
    {
        foreach (var page in _pages) await page.CloseAsync();
        if (_server is not null) await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task StartServerAsync(string url, params string[] arguments)
    {
        _server = RunningProgram.StartProject("samples/Chat", ["--urls", url, .. arguments]);
        Address = await _server.ListeningAsync();
    }

    protected async Task StopServerAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
    }

    /// <summary>Opens the page of this server, or of another address, without entering.</summary>
    protected async Task<ChatPage> OpenAsync(string timeZone = "UTC", ViewportSize? viewport = null, Uri? address = null)
    {
        var page = new ChatPage(await browser.NewPageAsync(timeZone, viewport));
        _pages.Add(page);
        await page.OpenAsync(address ?? Address);
        return page;
    }

    protected async Task<ChatPage> EnterAsync(string name, string role = "guest", string timeZone = "UTC")
    {
        var page = await OpenAsync(timeZone);
        await page.EnterAsync(name, role);
        return page;
    }
}

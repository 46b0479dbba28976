using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(HeliosStarling.Samples.Browser))]

namespace HeliosStarling.Samples;

/// <summary>One Chromium for all tests, /usr/bin/chromium or what <c>CHROMIUM</c> names; every page gets a profile of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    // For root in a container, and without calls to the vendor, which a closed network refuses.
    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static string Program { get; } = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Program)) return;
        // Long, for busy machines.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = s_arguments });
    }

    public async Task<IPage> NewPageAsync(string timeZone, ViewportSize? viewport = null)
    {
        Assert.SkipWhen(_browser is null, $"Chromium is not at {Program}. test.sh installs it, or CHROMIUM names another.");
        var context = await _browser.NewContextAsync(new()
        {
            TimezoneId = timeZone,
            ViewportSize = viewport ?? new() { Width = 1280, Height = 800 },
            Locale = "en-GB",
        });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

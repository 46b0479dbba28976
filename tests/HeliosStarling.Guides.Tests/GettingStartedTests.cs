using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Guides;

/// <summary>The page of the guide, in a browser.</summary>
public sealed class GettingStartedTests(Samples.Browser browser)
{
    [Fact]
    public async Task Page_BesideTheConsoleClient_ShowsWhatBothSay()
    {
        var guide = Guide.Read("getting-started");
        var folder = Directory.CreateTempSubdirectory("helios-guide-");
        var files = folder.CreateSubdirectory("wwwroot");
        await File.WriteAllTextAsync(Path.Combine(files.FullName, "index.html"), Assert.Single(guide.Of("html", "page")));
        var (server, address) = await GuideRun.StartServerAsync(guide.Compile("server"), "--contentRoot", folder.FullName);
        await using var running = server;
        var page = await browser.NewPageAsync("UTC");
        await page.GotoAsync(address.AbsoluteUri);

        await page.GetByLabel("Message").FillAsync("Hello from a page!");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#log")).ToContainTextAsync("Browser: Hello from a page!");
        var printed = await GuideRun.PrintedAsync(guide.Compile("client", address));

        // The page is in the room, too.
        Assert.Equal("Ada in lobby: Hello!\nReceivers: 2", printed);
        await Expect(page.Locator("#log")).ToContainTextAsync("Ada: Hello!");
        folder.Delete(recursive: true);
    }
}

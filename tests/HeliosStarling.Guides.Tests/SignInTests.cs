using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Guides;

/// <summary>The page of the guide about sign-in, in a browser.</summary>
public sealed class SignInTests(Samples.Browser browser)
{
    [Fact]
    public async Task Page_SignsIn_RenewsItsTicketsAndStays()
    {
        var guide = Guide.Read("sign-in");
        var folder = Directory.CreateTempSubdirectory("helios-guide-");
        var files = folder.CreateSubdirectory("wwwroot");
        await File.WriteAllTextAsync(Path.Combine(files.FullName, "index.html"), Assert.Single(guide.Of("html", "page")));
        var (server, address) = await GuideRun.StartServerAsync(
            guide.Compile("server"), "--contentRoot", folder.FullName, "--TicketSeconds", "3");
        await using var running = server;
        var page = await browser.NewPageAsync("UTC");
        await page.GotoAsync(address.AbsoluteUri);

        await page.GetByLabel("Name").FillAsync("Ada");
        await page.GetByLabel("Password").FillAsync("coffee");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#log")).ToContainTextAsync("The server answered 401.");
        await page.GetByLabel("Password").FillAsync("tea");
        await page.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();

        await Expect(page.Locator("#log")).ToContainTextAsync("Connected as Ada.");
        // Behind the second one the first ticket is over.
        await Expect(page.Locator("#log")).ToContainTextAsync("A new ticket.\nA new ticket.\n", new() { Timeout = 30_000 });
        await Expect(page.Locator("#log")).Not.ToContainTextAsync("Closed");
        folder.Delete(recursive: true);
    }
}

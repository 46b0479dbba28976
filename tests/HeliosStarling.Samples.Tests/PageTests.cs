using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class PageTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Page_UsedInEveryWay_LeavesNoErrorInTheConsole()
    {
        var (ada, grace) = (await EnterAsync("Ada", "admin"), await EnterAsync("Grace", "moderator"));

        await ada.SendMessageAsync("Hello.");
        await ada.ShareAsync("note.txt", "text/plain", "A note."u8.ToArray());
        await grace.Log.GetByRole(AriaRole.Link, new() { NameString = "note.txt" }).WaitForAsync();
        await ada.Button("Wave at Grace").ClickAsync();
        await grace.Button("Wave back").ClickAsync();
        await ada.Button("Start counting").ClickAsync();
        await ada.Button("Cancel").ClickAsync();
        await grace.OpenRoomAsync("Library");
        await grace.Page.ReloadAsync();
        await Expect(grace.Page.Locator("#room-name")).ToHaveTextAsync("Library");

        Assert.Empty(ada.Faults.Concat(grace.Faults));
    }

    [Fact]
    public async Task Page_OnAPhone_FitsItsWidth()
    {
        var ada = await OpenAsync(viewport: new() { Width = 390, Height = 844 });
        await ada.EnterAsync("Ada", "admin");
        await ada.SendMessageAsync(new string('w', 400));
        await Expect(ada.Log).ToContainTextAsync("www");

        await ada.Page.Locator("#show-panel").ClickAsync();
        await Expect(ada.Button("Start counting")).ToBeInViewportAsync();

        Assert.Equal(390, await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task Connection_ToAServerThatGoes_IsShownAsReconnecting()
    {
        var ada = await EnterAsync("Ada");
        await Expect(ada.Page.Locator("#state")).ToHaveTextAsync("Connected");

        await StopServerAsync();

        await Expect(ada.Page.Locator("#state")).ToHaveTextAsync("Reconnecting…");
    }

    [Fact]
    public async Task Request_ForAnUnknownMethod_FailsWithItsCode()
    {
        var page = await OpenAsync();

        var code = await page.Page.EvaluateAsync<string>("""
            async () => {
              const { HeliosClient } = await import('/helios.js');
              const helios = new HeliosClient(location.origin.replace('http', 'ws') + '/helios');
              await helios.connect();
              return helios.request('no:such').then(() => 'answered', (error) => error.code);
            }
            """);

        Assert.Equal("METHOD_NOT_FOUND", code);
    }
}

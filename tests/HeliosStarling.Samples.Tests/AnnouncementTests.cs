using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class AnnouncementTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Announcement_ByAnAdmin_ReachesModeratorsInEveryRoom()
    {
        var (ada, grace) = (await EnterAsync("Ada", "admin"), await EnterAsync("Grace", "moderator"));
        await grace.OpenRoomAsync("Garden");

        await AnnounceAsync(ada, "Please keep the lobby tidy.");

        await Expect(grace.Notices).ToContainTextAsync("Ada to all moderators");
        await Expect(grace.Notices).ToContainTextAsync("Please keep the lobby tidy.");
        await Expect(ada.Page.Locator("#announce-result")).ToHaveTextAsync("One moderator was told.");
    }

    [Fact]
    public async Task Announcement_ByAnAdmin_ReachesNobodyElse()
    {
        var (ada, lin) = (await EnterAsync("Ada", "admin"), await EnterAsync("Lin"));

        await AnnounceAsync(ada, "Not for guests.");
        await Expect(ada.Page.Locator("#announce-result")).ToHaveTextAsync("0 moderators were told.");
        await ada.SendMessageAsync("For everyone.");

        // Messages keep their order: since the later one has arrived, the earlier one was not sent.
        await Expect(lin.Log).ToContainTextAsync("For everyone.");
        await Expect(lin.Notices).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Announcement_ByAGuest_IsRefusedByTheServer()
    {
        var lin = await EnterAsync("Lin");
        await Expect(lin.Page.Locator("#announce")).ToBeHiddenAsync();

        var code = await lin.Page.EvaluateAsync<string>("""
            async () => {
              const { HeliosClient } = await import('/helios.js');
              const helios = new HeliosClient(location.origin.replace('http', 'ws') + '/helios');
              helios.method('ui:introduce', () => ({ name: 'Lin', role: 'guest', timeZone: 'UTC' }));
              await helios.connect();
              await helios.request('chat:enter', {});
              return helios.request('announce:moderators', { text: 'I am no admin.' }).then(() => 'accepted', (error) => error.code);
            }
            """);

        Assert.Equal("CHAT_ADMIN_ONLY", code);
    }

    private static async Task AnnounceAsync(ChatPage page, string text)
    {
        await page.Page.GetByLabel("Announcement").FillAsync(text);
        await page.Button("Announce").ClickAsync();
    }
}

using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class PresenceTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Person_Entering_IsSeenByTheOthers()
    {
        var ada = await EnterAsync("Ada");

        await EnterAsync("Grace");

        await Expect(ada.People).ToContainTextAsync("Grace");
        await Expect(ada.Log).ToContainTextAsync("Grace came in");
    }

    [Fact]
    public async Task Person_ClosingThePage_IsSeenLeaving()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        await Expect(ada.People).ToContainTextAsync("Grace");

        await grace.CloseAsync();

        await Expect(ada.Log).ToContainTextAsync("Grace left");
        await Expect(ada.People).Not.ToContainTextAsync("Grace");
    }

    [Fact]
    public async Task Person_ChangingRooms_LeavesOneAndEntersTheOther()
    {
        var (ada, grace, lin) = (await EnterAsync("Ada"), await EnterAsync("Grace"), await EnterAsync("Lin"));
        await lin.OpenRoomAsync("Workshop");

        await grace.OpenRoomAsync("Workshop");

        await Expect(ada.Log).ToContainTextAsync("Grace left");
        await Expect(lin.Log).ToContainTextAsync("Grace came in");
        await Expect(ada.Room("Workshop").Locator(".count")).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task Name_TakenAlready_GetsANumber()
    {
        await EnterAsync("Ada");

        var second = await EnterAsync("ada");

        await Expect(second.Page.Locator("#you-name")).ToHaveTextAsync("ada 2");
    }

    [Fact]
    public async Task Typing_InTheSameRoom_ShowsUntilTheMessageComes()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        var typing = ada.Page.Locator("#typing");

        await grace.Page.GetByLabel("Message").PressSequentiallyAsync("I wo");
        await Expect(typing).ToHaveTextAsync("Grace is writing…");
        await grace.Page.GetByLabel("Message").PressAsync("Enter");

        await Expect(typing).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Typing_ForARoomThatTheWriterIsNotIn_IsNotShown()
    {
        var (ada, visitor) = (await EnterAsync("Ada"), await OpenAsync());

        await visitor.Page.EvaluateAsync("""
            async () => {
              const { HeliosClient } = await import('/helios.js');
              const helios = new HeliosClient(location.origin.replace('http', 'ws') + '/helios');
              helios.method('ui:introduce', () => ({ name: 'Lin', role: 'guest', timeZone: 'UTC' }));
              await helios.connect();
              await helios.request('chat:enter', {});
              helios.notify('room:typing', { room: 'lobby', active: true });
              await helios.request('room:join', { room: 'lobby' });
            }
            """);

        // Messages are handled in order: when the visitor has entered, the notification was passed on or dropped.
        await Expect(ada.Log).ToContainTextAsync("Lin came in");
        Assert.Equal("", await ada.Page.Locator("#typing").TextContentAsync());
    }
}

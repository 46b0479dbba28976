using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class ConversationTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Message_Sent_AppearsOnBothPages()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));

        await ada.SendMessageAsync("Hello, Grace.");
        await Expect(grace.Log).ToContainTextAsync("Hello, Grace.");
        await grace.SendMessageAsync("Hello yourself.");

        await Expect(ada.Log).ToContainTextAsync("Hello yourself.");
        await Expect(ada.Log.Locator(".body")).ToHaveTextAsync(["Hello, Grace.", "Hello yourself."]);
    }

    [Fact]
    public async Task Message_WithMarkup_StaysText()
    {
        const string markup = "<img src=x onerror=\"document.title='gone'\"><b>bold</b>";
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));

        await ada.SendMessageAsync(markup);

        await Expect(grace.Log.Locator(".body")).ToHaveTextAsync([markup]);
        await Expect(grace.Log.Locator("img, b b")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Message_OfManyLines_KeepsThem()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));

        await ada.Page.GetByLabel("Message").PressSequentiallyAsync("one");
        await ada.Page.GetByLabel("Message").PressAsync("Shift+Enter");
        await ada.Page.GetByLabel("Message").PressSequentiallyAsync("two");
        await ada.Button("Send").ClickAsync();

        await grace.Log.GetByText("two").WaitForAsync();
        Assert.Equal("one\ntwo", await grace.Log.Locator(".body").TextContentAsync());
    }

    [Fact]
    public async Task Room_JoinedLate_ShowsItsHistory()
    {
        var ada = await EnterAsync("Ada");
        await ada.SendMessageAsync("The first.");
        await ada.SendMessageAsync("The second.");
        await Expect(ada.Log).ToContainTextAsync("The second.");

        var grace = await EnterAsync("Grace");

        await Expect(grace.Log.Locator(".body")).ToHaveTextAsync(["The first.", "The second."]);
    }

    [Fact]
    public async Task Room_MessagesElsewhere_AreCountedUntilItIsOpened()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        await grace.OpenRoomAsync("Garden");
        await grace.SendMessageAsync("One.");
        await grace.SendMessageAsync("Two.");

        await Expect(ada.Room("Garden").Locator(".unread")).ToHaveTextAsync("2");
        await Expect(ada.Log.Locator(".body")).ToHaveCountAsync(0);
        await ada.OpenRoomAsync("Garden");

        await Expect(ada.Room("Garden").Locator(".unread")).ToHaveCountAsync(0);
        await Expect(ada.Log.Locator(".body")).ToHaveTextAsync(["One.", "Two."]);
    }

    [Fact]
    public async Task Reload_OfThePage_ComesBackIntoTheSameRoom()
    {
        var ada = await EnterAsync("Ada");
        await ada.OpenRoomAsync("Library");

        await ada.Page.ReloadAsync();

        await Expect(ada.Page.Locator("#room-name")).ToHaveTextAsync("Library");
        await Expect(ada.People).ToContainTextAsync("Ada");
    }
}

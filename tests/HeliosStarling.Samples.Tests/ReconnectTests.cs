using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

/// <summary>The chat goes on after a lost network, a reload of the page, and a killed server.</summary>
public sealed class ReconnectTests(Browser browser) : ChatTests(browser)
{
    private const string Held = """
        () => {
          const { prototype } = WebSocket;
          window.RealSocket ??= WebSocket;
          window.WebSocket = class { constructor() { this.readyState = 0; } close() {} static CLOSING = 2; };
        }
        """;

    [Fact]
    public async Task Drop_PageComesBackByItself_MissesNothing_KeepsRoomAndDraft()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        await ada.OpenRoomAsync("Workshop");
        await grace.OpenRoomAsync("Workshop");
        await ada.Page.GetByLabel("Message").FillAsync("half a sent");
        // The next socket opens only when the test lets it.
        await ada.Page.EvaluateAsync(Held);

        await ada.Button("Drop").ClickAsync();
        await Expect(ada.Page.Locator("#state")).ToHaveTextAsync("Reconnecting…");
        await grace.SendMessageAsync("said meanwhile");
        await Expect(grace.Log).ToContainTextAsync("said meanwhile");
        await ada.Page.EvaluateAsync("() => { window.WebSocket = window.RealSocket; dispatchEvent(new Event('online')); }");

        await Expect(ada.Log).ToContainTextAsync("said meanwhile");
        await Expect(ada.Page.Locator("#state")).ToHaveTextAsync("Connected");
        await Expect(ada.Page.Locator("#room-name")).ToHaveTextAsync("Workshop");
        await Expect(ada.Page.GetByLabel("Message")).ToHaveValueAsync("half a sent");
        await Expect(grace.Log).Not.ToContainTextAsync("Ada left");
    }

    [Fact]
    public async Task Said_WhileReconnecting_IsSentOnceWhenBack()
    {
        var (ada, grace) = (await EnterAsync("Ada"), await EnterAsync("Grace"));
        await ada.Page.EvaluateAsync(Held);
        await ada.Button("Drop").ClickAsync();

        await ada.SendMessageAsync("from the tunnel");
        await ada.Page.EvaluateAsync("() => { window.WebSocket = window.RealSocket; dispatchEvent(new Event('online')); }");

        await Expect(grace.Log).ToContainTextAsync("from the tunnel");
        await Expect(ada.Log.GetByText("from the tunnel")).ToHaveCountAsync(1);
        await Expect(grace.Log.GetByText("from the tunnel")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Reload_SamePersonRoomAndDraft()
    {
        var ada = await EnterAsync("Ada");
        await ada.OpenRoomAsync("Workshop");
        await WriteAsync(ada, "not yet said");

        await ada.Page.ReloadAsync();

        await Expect(ada.Page.Locator("#room-name")).ToHaveTextAsync("Workshop");
        await Expect(ada.Page.Locator("#you-name")).ToHaveTextAsync("Ada");
        await Expect(ada.Page.GetByLabel("Message")).ToHaveValueAsync("not yet said");
    }

    [Fact]
    public async Task ServerKilledAndRestarted_SameStarlingRoomAndDraft()
    {
        var ada = await EnterAsync("Ada");
        await ada.OpenRoomAsync("Workshop");
        await WriteAsync(ada, "survives");
        var id = await OwnIdAsync(ada);
        var address = Address;

        await StopServerAsync();
        await Expect(ada.Page.Locator("#state")).ToHaveTextAsync("Reconnecting…");
        await StartServerAsync(address.AbsoluteUri);
        await Expect(ada.Page.Locator("#state")).ToHaveTextAsync("Connected");

        await Expect(ada.Page.Locator("#room-name")).ToHaveTextAsync("Workshop");
        await Expect(ada.People).ToContainTextAsync("Ada");
        Assert.Equal(id, await OwnIdAsync(ada));
        await Expect(ada.Page.GetByLabel("Message")).ToHaveValueAsync("survives");
        // A reload too gets the state that the new server has restored from the token.
        await ada.Page.ReloadAsync();
        await Expect(ada.Page.Locator("#room-name")).ToHaveTextAsync("Workshop");
        await Expect(ada.Page.GetByLabel("Message")).ToHaveValueAsync("survives");
        await ada.SendMessageAsync("back again");
        await Expect(ada.Log).ToContainTextAsync("back again");
        Assert.Equal(id, await ada.Page.Locator("#log .message").Last.GetAttributeAsync("data-from"));
    }

    /// <summary>Types a draft and waits until the server knows it.</summary>
    private static async Task WriteAsync(ChatPage page, string text)
    {
        var before = await page.Page.EvaluateAsync<string>("() => sessionStorage.getItem('token')");
        await page.Page.GetByLabel("Message").FillAsync(text);
        await page.Page.WaitForFunctionAsync("before => sessionStorage.getItem('token') !== before", before);
    }

    private static async Task<string?> OwnIdAsync(ChatPage page)
    {
        var text = Guid.NewGuid().ToString();
        var draft = await page.Page.GetByLabel("Message").InputValueAsync();
        await page.SendMessageAsync(text);
        var own = page.Page.Locator("#log .message", new() { HasText = text });
        await Expect(own).ToBeVisibleAsync();
        await WriteAsync(page, draft);
        return await own.GetAttributeAsync("data-from");
    }
}

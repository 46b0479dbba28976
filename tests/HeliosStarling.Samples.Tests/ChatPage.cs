using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

/// <summary>The actions of a visitor on the chat's page, and the errors of the page.</summary>
public sealed class ChatPage
{
    private readonly List<string> _faults = [];

    public ChatPage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _faults.Add(message.Text);
        };
        page.PageError += (_, error) => _faults.Add(error);
        page.RequestFailed += (_, request) => _faults.Add($"{request.Url}: {request.Failure}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) _faults.Add($"{response.Url}: {response.Status}");
        };
    }

    public IPage Page { get; }

    /// <summary>Console errors and warnings, uncaught exceptions, and failed downloads so far.</summary>
    public IReadOnlyList<string> Faults => [.. _faults];

    public ILocator Log => Page.Locator("#log");
    public ILocator People => Page.Locator("#people");
    public ILocator Notices => Page.Locator("#notices");
    public ILocator Room(string name) => Page.Locator("#rooms .room", new() { HasText = name });
    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task OpenAsync(Uri address) => Page.GotoAsync(address.AbsoluteUri);

    public async Task EnterAsync(string name, string role)
    {
        await Page.GetByLabel("Your name").FillAsync(name);
        await Page.Locator($"label:has([value={role}])").ClickAsync();
        await Button("Enter the chat").ClickAsync();
        await Expect(Page.Locator("#room-name")).ToHaveTextAsync("Lobby");
    }

    public async Task SendMessageAsync(string text)
    {
        await Page.GetByLabel("Message").FillAsync(text);
        await Page.GetByLabel("Message").PressAsync("Enter");
    }

    public async Task OpenRoomAsync(string name)
    {
        await Room(name).ClickAsync();
        await Expect(Page.Locator("#room-name")).ToHaveTextAsync(name);
    }

    public Task ShareAsync(string name, string type, byte[] content) =>
        Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = name, MimeType = type, Buffer = content });

    public Task CloseAsync() => Page.Context.CloseAsync();
}

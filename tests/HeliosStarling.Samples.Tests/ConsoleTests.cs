using static Microsoft.Playwright.Assertions;

namespace HeliosStarling.Samples;

public sealed class ConsoleTests(Browser browser) : ChatTests(browser)
{
    [Fact]
    public async Task Line_TypedInTheTerminal_AppearsOnThePage()
    {
        var ada = await EnterAsync("Ada");
        await using var terminal = await StartTerminalAsync("Grace");

        terminal.Write("Greetings from a terminal.");

        await Expect(ada.Log).ToContainTextAsync("Greetings from a terminal.");
        await Expect(ada.People).ToContainTextAsync("Grace");
    }

    [Fact]
    public async Task Message_FromThePage_IsPrintedInTheTerminal()
    {
        var ada = await EnterAsync("Ada");
        await using var terminal = await StartTerminalAsync("Grace");

        await ada.SendMessageAsync("Greetings from a page.");

        await terminal.LineAsync(@"^\d\d:\d\d Ada: Greetings from a page\.$");
    }

    [Fact]
    public async Task Terminal_StartedLate_PrintsTheHistory()
    {
        var ada = await EnterAsync("Ada");
        await ada.SendMessageAsync("Said before.");
        await Expect(ada.Log).ToContainTextAsync("Said before.");

        await using var terminal = await StartTerminalAsync("Grace");

        await terminal.LineAsync(@"^\d\d:\d\d Ada: Said before\.$");
    }

    [Fact]
    public async Task Who_InTheTerminal_NamesEveryoneInTheRoom()
    {
        await EnterAsync("Ada");
        await using var terminal = await StartTerminalAsync("Grace");

        terminal.Write("/who");

        await terminal.LineAsync("^Ada, Grace$");
    }

    [Fact]
    public async Task Join_InTheTerminal_ChangesTheRoom()
    {
        var ada = await EnterAsync("Ada");
        await using var terminal = await StartTerminalAsync("Grace");
        await Expect(ada.Log).ToContainTextAsync("Grace came in");

        terminal.Write("/join garden");

        await terminal.LineAsync("^-- Garden:");
        await Expect(ada.Log).ToContainTextAsync("Grace left");
    }

    [Fact]
    public async Task Job_InTheTerminal_PrintsProgressAndResult()
    {
        await using var terminal = await StartTerminalAsync("Grace");

        terminal.Write("/job");

        await terminal.LineAsync("^= 50 %$");
        await terminal.LineAsync("^= 664,579 primes lie below 10,000,000$");
    }

    [Fact]
    public async Task Wave_AtTheTerminal_IsAnsweredByIt()
    {
        var ada = await EnterAsync("Ada");
        await using var terminal = await StartTerminalAsync("Grace");

        await ada.Button("Wave at Grace").ClickAsync();

        await Expect(ada.Notices).ToContainTextAsync("Grace waves back.");
        await terminal.LineAsync("Ada waves at you");
    }

    [Fact]
    public async Task Quit_InTheTerminal_EndsItAndIsSeen()
    {
        var ada = await EnterAsync("Ada");
        await using var terminal = await StartTerminalAsync("Grace");

        terminal.Write("/quit");

        Assert.Equal(0, await terminal.EndedAsync());
        await Expect(ada.Log).ToContainTextAsync("Grace left");
    }

    [Fact]
    public async Task Terminal_WithoutAServer_SaysSoAndFails()
    {
        await StopServerAsync();
        await using var terminal = RunningProgram.StartProject("samples/ChatConsole", "--url", SocketAddress.AbsoluteUri);

        Assert.Equal(1, await terminal.EndedAsync());
    }

    private async Task<RunningProgram> StartTerminalAsync(string name)
    {
        var terminal = RunningProgram.StartProject("samples/ChatConsole", "--url", SocketAddress.AbsoluteUri, "--name", name);
        await terminal.LineAsync("^-- Lobby:");
        return terminal;
    }
}
